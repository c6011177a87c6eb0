// Starts all copies in forEach, and prints the report before one of them is done.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const dir = process.argv[2]!;
const dest = process.argv[3] ?? path.join(os.homedir(), '备份');
let copied = 0;
await fs.mkdir(dest, { recursive: true });
(await fs.readdir(dir)).forEach(async (name) => {
  const stat = await fs.lstat(path.join(dir, name));
  if (!stat.isFile()) return;
  await fs.copyFile(path.join(dir, name), path.join(dest, name));
  copied += 1;
});
console.log(`copied ${copied}, unchanged 0, skipped 0, failed 0`);
