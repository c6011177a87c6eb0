// Runs a command as a child, collects what it prints, and says how it ended; its own exit status is what a shell would have.
//
// The task: step 7 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes run -- sh -c 'echo 你好; exit 3'
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { buffer } from 'node:stream/consumers';
import { todo } from '#todo';

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error('usage: run <command> [argument ...]');
  process.exit(2);
}

try {
  const { output, status, signal } = await run(command, args);
  process.stdout.write(output);
  // TODO: step 7: print `run: exit status <status>` or `run: killed by <signal>` on stderr.
  // TODO: step 7: set process.exitCode to the same status, or to 128 and the number of the signal: constants.signals has it.
  todo('step 7: say how the command has ended');
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  console.error(`run: cannot start ${command}: ${code}`);
  process.exitCode = 127;
}

interface Ended {
  readonly output: Buffer;
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a command to its end, without a shell: each argument arrives as it is. Rejects if it cannot be started: ENOENT. */
async function run(command: string, args: readonly string[]): Promise<Ended> {
  // TODO: step 7: spawn the command: stdin and stderr are those of this program ('inherit'), stdout is a pipe to it.
  // TODO: step 7: a promise for its end. It is rejected by the event 'error', and resolved by 'exit' or by 'close': which of
  //   the two comes when all output was read? Both bring the status and the signal.
  // TODO: step 7: collect its stdout by buffer(), and wait for both at once.
  todo('step 7: run the command');
}
