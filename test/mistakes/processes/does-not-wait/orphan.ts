// A parent that ends before its child: the child gets another parent, and notes which.
import { writeFileSync } from 'node:fs';
import { _exit, fork, getpid, getppid } from '#posix';
import { waitForEnter } from './enter.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: orphan <file>');
  process.exit(2);
}

// Asked before the fork: the child comes to ask for its parent when it may have ended already.
const parent = getpid();
const child = fork();

if (child === 0) {
  note(file, `parent was ${parent}, is ${getppid()}\n`);
  _exit(0);
}

console.log(`parent ${parent}, child ${child}`);
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
