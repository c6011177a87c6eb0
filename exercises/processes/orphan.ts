// A parent that ends before its child: the child gets another parent, and notes which.
//
// The task: step 5 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes orphan -- /tmp/孤儿.txt
import { writeFileSync } from 'node:fs';
import { _exit, fork, getpid, getppid, sleep } from '#posix';
import { todo } from '#todo';
import { waitForEnter } from './enter.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: orphan <file>');
  process.exit(2);
}

// TODO: step 5: fork. The child asks for its parent (getppid) again and again, and sleeps in between: sleep(0.001). When it
//   has another parent, it writes `parent was <old>, is <new>` and a line end by note(), and ends.
// TODO: step 5: where does the child know its old parent from, for certain?
const child: number = todo('step 5: start a child that will be an orphan');

console.log(`parent ${getpid()}, child ${child}`);
waitForEnter(); // and then it ends, and does not wait for the child

/** Done for you: writes the line, or says why it cannot. */
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
