import { readSync, writeSync } from 'node:fs';
import { fork, getpid, getppid, pipe, sleep, _exit } from '#posix';

const [readEnd, writeEnd] = pipe();
const starter = getpid();
if (fork() === 0) {
  const middle = getpid();
  if (fork() !== 0) _exit(0);
  while (getppid() === middle) sleep(0.01);
  writeSync(writeEnd, String(getppid() === starter));
  _exit(0);
}
const answer = Buffer.alloc(5);
readSync(readEnd, answer);
console.log(answer.toString());
