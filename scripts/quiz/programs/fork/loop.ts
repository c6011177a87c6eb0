import { writeSync } from 'node:fs';
import { fork, wait, _exit } from '#posix';

let children = 0;
for (let i = 0; i < 3; i += 1) {
  if (fork() === 0) children = 0;
  else children += 1;
}
writeSync(1, '*');
for (; children > 0; children -= 1) wait();
_exit(0);
