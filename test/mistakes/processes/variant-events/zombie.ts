// Waits by events, and asks /proc/<pid>/status.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { SIG_IGN, WEXITSTATUS, WNOHANG, fork, signal, waitpid } from '#posix';

if (process.argv[2] === '--ignore') signal('SIGCHLD', SIG_IGN);
const child = fork();
if (child === 0) process.exit(7);
while (!/^(Z|gone)$/.test(state())) await pause(5);
console.log(`child ${child}: ${state()}`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await lines.next();
try {
  const [, status] = waitpid(child, WNOHANG);
  console.log(`wait: exit status ${WEXITSTATUS(status)}`);
} catch (error) {
  console.log(`wait: ${(error as NodeJS.ErrnoException).code}`);
}
console.log(`child ${child}: ${state()}`);
await lines.next();
process.exit(0);

function state(): string {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 'gone';
  } catch {
    return 'gone';
  }
}
