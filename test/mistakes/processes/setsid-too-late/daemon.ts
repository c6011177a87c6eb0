// The double fork: a worker that is nobody's child, in a session of its own, and no zombie is left of the way there.
//
//   starter ─ fork ─▶ middle ─ setsid, fork ─▶ worker
//           ◀─ waits ─ ends at once            works on, adopted
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { _exit, fork, getpid, setsid, sleep, waitpid } from '#posix';
import { waitForEnter } from './enter.ts';

const [directory, ...rest] = process.argv.slice(2);
if (directory === undefined || rest.length > 0) {
  console.error('usage: daemon <directory>');
  process.exit(2);
}
try {
  mkdirSync(directory, { recursive: true });
  // What an earlier run has left there is not for this one.
  for (const name of ['pid', '任务.txt', '结果.txt'])
    rmSync(join(directory, name), { force: true });
} catch (error) {
  console.error(`daemon: ${directory}: ${(error as NodeJS.ErrnoException).code}`);
  process.exit(1);
}

const middle = fork();
if (middle === 0) {
  // The leader of a session can get a terminal again. So it is not the leader that works.
  if (fork() === 0) work(directory);
  setsid();
  _exit(0);
}
waitpid(middle); // takes no time: the middle does nothing but fork
console.log('the worker is on its own');
waitForEnter();

/** The worker: notes its process id, waits for 任务.txt, writes 结果.txt, and ends. */
function work(directory: string): never {
  letGo();
  writeFileSync(join(directory, 'pid'), `${getpid()}\n`);
  const task = join(directory, '任务.txt');
  while (!existsSync(task)) sleep(0.02);
  const characters = [...readFileSync(task, 'utf8').trim()].length;
  writeFileSync(join(directory, '结果.txt'), `${characters} characters\n`);
  _exit(0);
}

/** Lets go of stdin, stdout and stderr: whoever reads what the starter prints would wait for the worker as well. */
function letGo(): void {
  for (const file of [0, 1, 2]) {
    closeSync(file);
    openSync('/dev/null', 'r+'); // gets the lowest number that is free, which is the one just closed
  }
}
