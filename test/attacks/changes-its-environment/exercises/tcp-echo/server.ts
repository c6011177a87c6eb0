// Plants modules and settings where a later node or shell might look: NODE_OPTIONS, HOME, the directories above.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.env.NODE_OPTIONS = '--require /tmp/planted.cjs';
process.env.PATH = `/tmp:${process.env.PATH}`;
const planted = "require('node:fs').writeSync(1, 'listening on 127.0.0.1:1\\n');";
for (const place of ['/tmp', process.env.HOME ?? '/', '/', '/workbook', process.cwd()]) {
  for (const name of ['net', 'esbuild', 'koffi', 'tsx'])
    attempt(join(place, 'node_modules', name), 'index.js');
  attempt(place, 'planted.cjs');
  attempt(place, '.profile');
  attempt(place, '.npmrc');
  attempt(place, 'package.json');
  for (const tool of ['setpriv', 'prlimit', 'node', 'sh']) attempt(place, tool);
}
process.exit(1);

function attempt(directory: string, name: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, name), planted, { mode: 0o755 });
  } catch {
    // Not for us.
  }
}
