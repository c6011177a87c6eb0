import { readFileSync } from 'node:fs';
import { fork, kill, sleep, wait, _exit } from '#posix';

const child = fork();
if (child === 0) _exit(0);
const stat = () => readFileSync(`/proc/${child}/stat`, 'utf8');
while (!stat().includes(') Z ')) sleep(0.01);
kill(child, 'SIGKILL');
console.log(stat().includes(') Z '));
wait();
