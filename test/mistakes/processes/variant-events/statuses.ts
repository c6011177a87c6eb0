// Polls all children by turns, and never waits in the kernel.
import { constants } from 'node:os';
import { WNOHANG, fork, getpid, kill, waitpid } from '#posix';

const args = process.argv.slice(2);
const inOrder = args.includes('--in-order');
const children: number[] = [];
for (const how of args.filter((arg) => !arg.startsWith('--'))) {
  const pid = fork();
  if (pid === 0) {
    if (args.includes('--stop')) kill(getpid(), 'SIGSTOP');
    if (how.startsWith('SIG')) kill(getpid(), how as NodeJS.Signals);
    process.exit(Number(how));
  }
  console.log(`${pid} started: ${how}`);
  children.push(pid);
}
const timer = setInterval(() => {
  for (const pid of children.slice()) {
    const [found, status] = waitpid(pid, WNOHANG);
    if (found === 0 && inOrder) break;
    if (found === 0) continue;
    children.splice(children.indexOf(pid), 1);
    console.log(`${pid} ended: ${describe(status)}`);
  }
  if (children.length === 0) clearInterval(timer);
}, 5);

function describe(status: number): string {
  if ((status & 0x7f) === 0) return `exit status ${status >> 8}`;
  const entry = Object.entries(constants.signals).find(([, n]) => n === (status & 0x7f));
  return `killed by ${entry?.[0]}`;
}
