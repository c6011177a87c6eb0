// Starts all copies at once; the first that fails ends all.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const dir = process.argv[2]!;
const dest = process.argv[3] ?? path.join(os.homedir(), '备份');
const counts = { copied: 0, skipped: 0 };
try {
  await fs.mkdir(dest, { recursive: true });
  await Promise.all((await fs.readdir(dir)).map(copyOne));
} catch (error) {
  console.error(`backup: ${(error as Error).message}`);
  process.exit(1);
}
console.log(`copied ${counts.copied}, unchanged 0, skipped ${counts.skipped}, failed 0`);

async function copyOne(name: string): Promise<void> {
  const stat = await fs.lstat(path.join(dir, name));
  if (!stat.isFile()) {
    counts.skipped += 1;
    return;
  }
  await fs.copyFile(path.join(dir, name), path.join(dest, name));
  counts.copied += 1;
}
