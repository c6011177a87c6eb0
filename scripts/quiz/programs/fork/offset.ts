import { openSync, readSync, writeFileSync } from 'node:fs';
import { fork, wait, _exit } from '#posix';

writeFileSync('letters.txt', 'abcdef');
const file = openSync('letters.txt', 'r');
const three = Buffer.alloc(3);
if (fork() === 0) {
  readSync(file, three);
  _exit(0);
}
wait();
readSync(file, three);
console.log(three.toString());
