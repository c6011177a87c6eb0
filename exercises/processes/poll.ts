// A parent that does not wait: it asks now and then whether its child has ended, and answers lines on stdin meanwhile.
//
// The task: step 3 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes poll
import { createInterface } from 'node:readline';
import { WNOHANG, fork, kill, sleep, waitpid } from '#posix';
import { todo } from '#todo';
import { describeStatus } from './status.ts';

/** How often the parent looks, in milliseconds. */
const INTERVAL = 50;

// TODO: step 3: fork. The child does work().
const child: number = todo('step 3: start a child that works');

console.log(`${child} works`);
// TODO: step 3: call look() every INTERVAL milliseconds.
// Done for you: each line is answered; `stop` ends the child.
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line === 'stop') kill(child, 'SIGTERM');
  else console.log(`${child} is running`);
});

/** Reaps the child if it has ended. Returns at once in any case: the event loop goes on. */
function look(): void {
  // TODO: step 3: ask for the child by waitpid() with WNOHANG. It returns at once: what does it return while the child runs?
  // TODO: step 3: once it has ended: print `<pid> ended: <describeStatus(status)>`, look no more, and close `lines`. Then
  //   nothing keeps this program alive.
  todo('step 3: ask whether the child has ended');
}

/** Done for you: the child. It never ends by itself. */
function work(): never {
  for (;;) sleep(60);
}
