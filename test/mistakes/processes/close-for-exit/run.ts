// Runs a command as a child, collects what it prints, and says how it ended; its own exit status is what a shell would have.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { buffer } from 'node:stream/consumers';

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error('usage: run <command> [argument ...]');
  process.exit(2);
}

try {
  const { output, status, signal } = await run(command, args);
  process.stdout.write(output);
  console.error(`run: ${signal ? `killed by ${signal}` : `exit status ${status}`}`);
  process.exitCode = signal ? 128 + constants.signals[signal] : (status ?? 1);
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
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'inherit'] });
  const ended = new Promise<Omit<Ended, 'output'>>((resolve) => {
    child.once('error', () => {});
    // Not 'exit': then what it printed may still be on its way, and its own children may go on printing.
    child.once('close', (status, signal) => resolve({ status, signal }));
  });
  const [output, how] = await Promise.all([buffer(child.stdout), ended]);
  return { output, ...how };
}
