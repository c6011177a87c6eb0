// Both processes go on in functions of their own; the child waits by events.
import { fork, waitpid } from '#posix';

const memory = { x: 1 };
const parentOf = process.pid;
const pid = fork();
if (pid === 0) beChild();
else beParent(pid);

function beChild(): void {
  memory.x += 1;
  console.log(`child: pid ${process.pid}, parent ${parentOf}, x = ${memory.x}`);
  process.stdin.on('data', () => process.exit());
  process.stdin.on('end', () => process.exit());
}

function beParent(child: number): void {
  waitpid(child);
  console.log(`parent: pid ${process.pid}, child ${child}, x = ${memory.x}`);
}
