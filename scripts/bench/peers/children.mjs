// Starts children that end at once, one after the other, and prints how many milliseconds each took.
//   children.mjs fork|node|true <count>
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const [how, count] = process.argv.slice(2);
const start = {
  fork: () => fork(fileURLToPath(import.meta.url), ['child']),
  node: () => spawn(process.execPath, ['-e', '0']),
  true: () => spawn('true'),
  child: () => process.exit(0),
}[how];
const began = performance.now();
for (let started = 0; started < count; started += 1) await once(start(), 'exit');
if (how !== 'child') console.log((performance.now() - began) / count);
else start();
