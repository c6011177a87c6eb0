// A variant: a table of kinds, and the calls that block.
import { readdirSync, statSync, type Stats } from 'node:fs';

for (const path of process.argv.slice(2)) {
  try {
    for (const line of linesOf(path, statSync(path))) process.stdout.write(`${line}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    if (missing) process.stdout.write(`${path}: not there\n`);
    else process.stderr.write(`look: ${path}: ${message}\n`);
    if (!missing) process.exitCode = 1;
  }
}

function linesOf(path: string, stats: Stats): string[] {
  if (stats.isFile()) return [`${path}: file, ${stats.size} bytes`];
  if (!stats.isDirectory()) return [`${path}: something else`];
  const names = readdirSync(path).toSorted();
  return [`${path}: directory, ${names.length} entries`].concat(names.map((name) => `  ${name}`));
}
