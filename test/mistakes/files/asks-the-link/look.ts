// The mistake: a link is what it leads to, for every call.
import { lstat, readdir } from 'node:fs/promises';
import { complain } from './complain.ts';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: look <path>...');
  process.exit(2);
}

for (const path of paths) {
  try {
    for (const line of await describe(path)) console.log(line);
  } catch (error) {
    complain('look', path, error);
  }
}

/** What there is under a path, in one line; for a directory also its names, sorted, a line each. */
async function describe(path: string): Promise<string[]> {
  try {
    const stats = await lstat(path);
    if (stats.isFile()) return [`${path}: file, ${stats.size} bytes`];
    if (!stats.isDirectory()) return [`${path}: something else`];
    const names = (await readdir(path)).sort();
    return [`${path}: directory, ${names.length} entries`, ...names.map((name) => `  ${name}`)];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [`${path}: not there`];
    throw error;
  }
}
