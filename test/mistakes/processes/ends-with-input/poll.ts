// A parent that does not wait: it asks now and then whether its child has ended, and answers lines on stdin meanwhile.
import { createInterface } from 'node:readline';
import { WNOHANG, fork, kill, sleep, waitpid } from '#posix';
import { describeStatus } from './status.ts';

/** How often the parent looks, in milliseconds. */
const INTERVAL = 50;

const child = fork();
if (child === 0) work();

console.log(`${child} works`);
const looking = setInterval(look, INTERVAL);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'stop') kill(child, 'SIGTERM');
  else console.log(`${child} is running`);
});
lines.on('close', () => kill(child, 'SIGTERM'));

/** Reaps the child if it has ended. Returns at once in any case: the event loop goes on. */
function look(): void {
  const [pid, status] = waitpid(child, WNOHANG);
  if (pid === 0) return; // it is still running; the status beside it means nothing
  console.log(`${child} ended: ${describeStatus(status)}`);
  clearInterval(looking);
  lines.removeAllListeners('close').close();
}

/** The child: never ends by itself. */
function work(): never {
  for (;;) sleep(60);
}
