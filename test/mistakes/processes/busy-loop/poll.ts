// A parent that does not wait: it asks now and then whether its child has ended, and answers lines on stdin meanwhile.
import { createInterface } from 'node:readline';
import { WNOHANG, fork, kill, sleep, waitpid } from '#posix';
import { describeStatus } from './status.ts';

const child = fork();
if (child === 0) work();

console.log(`${child} works`);
let found = 0;
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'stop') kill(child, 'SIGTERM');
  else console.log(`${child} is running`);
});

let status = 0;
while (found === 0) [found, status] = waitpid(child, WNOHANG);
console.log(`${child} ended: ${describeStatus(status)}`);
lines.close();

/** The child: never ends by itself. */
function work(): never {
  for (;;) sleep(60);
}
