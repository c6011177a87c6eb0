// fork() is called once and returns twice: two processes go on from the same line, each with a memory of its own.
import { _exit, fork, getpid, getppid, wait } from '#posix';
import { waitForEnter } from './enter.ts';

let x = 1;

if (fork() === 0) {
  x = 2; // in the copy
  console.log(`child: pid ${getpid()}, parent ${getppid()}, x = ${x}`);
  waitForEnter();
  _exit(0); // without it the child would go on below, where the parent's work is
}

const child = wait();
console.log(`parent: pid ${getpid()}, child ${child}, x = ${x}`);
