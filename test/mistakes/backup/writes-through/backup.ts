// Writes to whatever stands at the destination.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [dir, dest = path.join(os.homedir(), '备份')] = process.argv.slice(2);
let copied = 0;
let skipped = 0;
let failed = 0;

fs.mkdirSync(dest, { recursive: true });
for (const name of fs.readdirSync(dir)) {
  const from = path.join(dir, name);
  const to = path.join(dest, name);
  try {
    const stat = fs.lstatSync(from);
    if (stat.isFile()) {
      fs.writeFileSync(to, fs.readFileSync(from));
      fs.utimesSync(to, stat.atime, stat.mtime);
      copied++;
    } else {
      const kind = stat.isDirectory()
        ? 'a directory'
        : stat.isSymbolicLink()
          ? 'a symbolic link'
          : stat.isFIFO()
            ? 'a FIFO'
            : 'a socket';
      console.log(`skipped ${name}: ${kind}`);
      skipped++;
    }
  } catch (error) {
    console.error(`failed ${name}: ${error.message}`);
    failed++;
  }
}
console.log(`copied ${copied}, unchanged 0, skipped ${skipped}, failed ${failed}`);
if (failed) process.exitCode = 1;
