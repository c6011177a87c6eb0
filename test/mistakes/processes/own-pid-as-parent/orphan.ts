// A parent that ends before its child: the child gets another parent, and notes which.
import { writeFileSync } from 'node:fs';
import { _exit, fork, getpid, getppid, sleep } from '#posix';
import { waitForEnter } from './enter.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: orphan <file>');
  process.exit(2);
}

const child = fork();

if (child === 0) {
  const parent = getpid();
  // Which process it will be nobody knows: 1 on many systems, but not on all. So the question is whether it is another.
  while (getppid() === parent) sleep(0.001);
  note(file, `parent was ${parent}, is ${getppid()}\n`);
  _exit(0);
}

console.log(`parent ${getpid()}, child ${child}`);
waitForEnter(); // and then it ends, and does not wait for the child

function note(file: string, line: string): void {
  try {
    writeFileSync(file, line);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    console.error(`orphan: ${file}: ${code}`);
    _exit(1);
  }
}
