// By callbacks; what the command prints is passed on when all of it is there.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [command = '', ...args] = process.argv.slice(2);
const parts: Buffer[] = [];
const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'inherit'] });
child.stdout.on('data', (part: Buffer) => parts.push(part));
child.on('error', (error: NodeJS.ErrnoException) => {
  process.stderr.write(`run: cannot start ${command}: ${error.code}\n`);
  process.exit(127);
});
child.on('close', (code, signal) => {
  for (const part of parts) process.stdout.write(part);
  process.stderr.write(`run: ${code === null ? `killed by ${signal}` : `exit status ${code}`}\n`);
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGHUP'];
});
