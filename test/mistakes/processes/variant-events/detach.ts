// One open file for both, and the parent ends by process.exit().
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

const [file = '', command = '', ...args] = process.argv.slice(2);
const { fd } = await open(file, 'a');
const child = spawn(command, args, { detached: true, stdio: ['ignore', fd, fd] });
try {
  await once(child, 'spawn');
  console.log(`${child.pid} started`);
  process.exit(0);
} catch (error) {
  console.error(`detach: cannot start ${command}: ${(error as NodeJS.ErrnoException).code}`);
  process.exit(127);
}
