import { readFileSync } from 'node:fs';
import { fork, kill, sleep, waitpid, WTERMSIG } from '#posix';

const child = fork();
if (child === 0) for (;;) sleep(1);
const stat = () => readFileSync(`/proc/${child}/stat`, 'utf8');
kill(child, 'SIGSTOP');
while (!stat().includes(') T ')) sleep(0.01);
kill(child, 'SIGTERM');
kill(child, 'SIGKILL');
const [, status] = waitpid(child);
console.log(WTERMSIG(status));
