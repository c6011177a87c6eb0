// The child looks by a timer; its parent is its own group's leader no longer than the Enter.
import { renameSync, writeFileSync } from 'node:fs';
import { fork } from '#posix';

const file = process.argv[2] ?? '';
const parent = process.pid;
const child = fork();
if (child === 0) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    writeFileSync(`${file}.new`, `parent was ${parent}, is ${process.ppid}\n`);
    renameSync(`${file}.new`, file);
  }, 2);
} else {
  console.log(`parent ${parent}, child ${child}`);
  process.stdin.once('data', () => process.exit(0));
}
