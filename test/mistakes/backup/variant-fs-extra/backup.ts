// Backs up a directory with fs-extra, promises and streams: four workers share one list, and a signal aborts their streams.
import fs from 'fs-extra';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const PREFIX = '.backup-part-';
const { positionals } = parseArgs({ allowPositionals: true });
const [dir, dest = path.join(os.homedir(), '备份')] = positionals;
if (dir === undefined || positionals.length > 2) {
  console.error('usage: backup <dir> [dest]');
  process.exit(2);
}

const counts = { copied: 0, unchanged: 0, skipped: 0, failed: 0 };
let total = 0;
let names: string[] = [];
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());

try {
  names = await fs.readdir(dir);
  await fs.ensureDir(dest);
  if ((await fs.realpath(dir)) === (await fs.realpath(dest)))
    throw Object.assign(new Error('EINVAL: source and destination are the same'), {
      code: 'EINVAL',
    });
  for (const name of await fs.readdir(dest))
    if (new RegExp(`^\\${PREFIX}\\d+-\\d+$`).test(name)) await fs.remove(path.join(dest, name));
} catch (error) {
  if (!(error as NodeJS.ErrnoException).code) throw error;
  console.error(`backup: ${(error as Error).message}`);
  process.exit(1);
}

total = names.length;
const bar = process.stderr.isTTY ? setInterval(draw, 80) : undefined;
draw();
await Promise.all([0, 1, 2, 3].map(worker));
clearInterval(bar);
clear();
console.log(
  Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', '),
);
process.exitCode = stopped.signal.aborted ? 130 : counts.failed > 0 ? 1 : 0;

function draw(): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r${total - names.length} of ${total}`.padEnd(20));
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(20)}\r`);
}

async function worker(number: number): Promise<void> {
  for (let name = names.pop(); name !== undefined && !stopped.signal.aborted; name = names.pop()) {
    // A name that is no UTF-8 is told as failed: as a string it is not found.
    const shown = JSON.stringify(name).slice(1, -1);
    try {
      const kind = await backUp(name, path.join(dest, `${PREFIX}${process.pid}-${number}`));
      if (!kind) continue;
      clear();
      console.log(`skipped ${shown}: ${kind}`);
    } catch (error) {
      counts.failed += 1;
      clear();
      console.error(`failed ${shown}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}

/** Resolves with what it is, if it is no file. */
async function backUp(name: string, part: string): Promise<string | undefined> {
  const [from, to] = [path.join(dir!, name), path.join(dest, name)];
  const stat = await fs.lstat(from);
  if (!stat.isFile()) {
    counts.skipped += 1;
    if (stat.isDirectory()) return 'a directory';
    if (stat.isSymbolicLink()) return 'a symbolic link';
    return stat.isFIFO() ? 'a FIFO' : stat.isSocket() ? 'a socket' : 'a device';
  }
  const old = await fs.lstat(to).catch(() => undefined);
  if (old?.isFile() && old.size === stat.size && Math.abs(old.mtimeMs - stat.mtimeMs) < 1) {
    counts.unchanged += 1;
    return undefined;
  }
  try {
    const [input, output] = [fs.createReadStream(from), fs.createWriteStream(part)];
    await pipeline(input, output, { signal: stopped.signal });
    await fs.chmod(part, stat.mode);
    await fs.utimes(part, stat.atime, stat.mtimeMs / 1000);
    await fs.rename(part, to);
  } catch (error) {
    await fs.remove(part);
    throw error;
  }
  counts.copied += 1;
  return undefined;
}
