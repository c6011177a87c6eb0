// Starts a command that outlives this program: in a session of its own, with a file for what it prints.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const [file, command, ...args] = process.argv.slice(2);
if (file === undefined || !command) {
  console.error('usage: detach <file> <command> [argument ...]');
  process.exit(2);
}

const child = spawn(command, args, {
  detached: true, // setsid() in the child: no Ctrl+C of this terminal reaches it
  stdio: ['ignore', openLog(file), openLog(file)], // a pipe to this program would break with its end
});
child.once('error', ({ code }: NodeJS.ErrnoException) => {
  console.error(`detach: cannot start ${command}: ${code}`);
  process.exitCode = 127;
});
child.once('spawn', () => console.log(`${child.pid} started`));
process.exit(0);

/** Opens a file that is written at its end. */
function openLog(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (error) {
    console.error(`detach: ${file}: ${(error as NodeJS.ErrnoException).code}`);
    return process.exit(1);
  }
}
