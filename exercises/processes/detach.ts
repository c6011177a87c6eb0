// Starts a command that outlives this program: in a session of its own, with a file for what it prints.
//
// The task: step 9 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes detach -- /tmp/睡.txt sh -c 'sleep 5; echo 醒了'
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { todo } from '#todo';

const [file, command, ...args] = process.argv.slice(2);
if (file === undefined || !command) {
  console.error('usage: detach <file> <command> [argument ...]');
  process.exit(2);
}

// TODO: step 9: spawn the command in a session of its own (option `detached`), with nothing to read, and with the file for
//   stdout and stderr: openLog(file) opens it. See the option `stdio`.
const child: ChildProcess = todo('step 9: start the command');
// Done for you: what can be heard of a child at its start.
child.once('error', ({ code }: NodeJS.ErrnoException) => {
  console.error(`detach: cannot start ${command}: ${code}`);
  process.exitCode = 127;
});
child.once('spawn', () => console.log(`${child.pid} started`));
// TODO: step 9: a child keeps its parent alive. Say that this one does not.

/** Done for you: opens a file that is written at its end. */
function openLog(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (error) {
    console.error(`detach: ${file}: ${(error as NodeJS.ErrnoException).code}`);
    return process.exit(1);
  }
}
