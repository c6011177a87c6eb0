// Opens all files at once, each with two streams.
import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const dir = process.argv[2]!;
const dest = process.argv[3] ?? path.join(os.homedir(), '备份');
const counts = { copied: 0, skipped: 0, failed: 0 };
await fs.mkdir(dest, { recursive: true });
await Promise.all((await fs.readdir(dir)).map(copyOne));
console.log(
  `copied ${counts.copied}, unchanged 0, skipped ${counts.skipped}, failed ${counts.failed}`,
);
process.exitCode = counts.failed ? 1 : 0;

async function copyOne(name: string): Promise<void> {
  const from = path.join(dir, name);
  try {
    if ((await fs.lstat(from)).isFile()) {
      await pipeline(createReadStream(from), createWriteStream(path.join(dest, name)));
      counts.copied += 1;
    } else counts.skipped += 1;
  } catch (error) {
    console.error(`failed ${name}: ${(error as Error).message}`);
    counts.failed += 1;
  }
}
