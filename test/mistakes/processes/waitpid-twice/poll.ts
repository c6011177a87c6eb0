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

/** Reaps the child if it has ended. Returns at once in any case: the event loop goes on. */
function look(): void {
  if (waitpid(child, WNOHANG)[0] === 0) return; // it is still running
  const [, status] = waitpid(child, WNOHANG);
  console.log(`${child} ended: ${describeStatus(status)}`);
  clearInterval(looking);
  lines.close();
}

/** The child: never ends by itself. */
function work(): never {
  for (;;) sleep(60);
}
