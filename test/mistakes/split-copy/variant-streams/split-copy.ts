// The halves of a file: written under other names, renamed when both are whole.
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { giveUp, run, type Range } from './run.ts';

const [source, directory, ...rest] = process.argv.slice(2);
if (source === undefined || directory === undefined || rest.length > 0) {
  console.error('usage: split-copy <file> <outdir>');
  process.exit(2);
}

try {
  const stats = statSync(source);
  if (!stats.isFile()) giveUp('split-copy', `${source}: no file`);
  mkdirSync(directory, { recursive: true });
  const half = (stats.size - (stats.size % 2)) / 2;
  const parts = [1, 2].map((number) => join(directory, `${basename(source)}.part${number}`));
  for (const part of parts) {
    if (existsSync(part) && realpathSync(source) === join(realpathSync(directory), basename(part)))
      giveUp('split-copy', `${part}: this is the source`);
  }
  for (const part of parts) {
    rmSync(part, { force: true });
    rmSync(`${part}~`, { force: true });
  }
  const ranges: Range[] = parts.map((part, index) => ({
    name: basename(part),
    source,
    target: `${part}~`,
    start: index === 0 ? 0 : half,
    end: index === 0 ? half : stats.size,
    at: 0,
  }));
  run(ranges, (trouble, pids) => {
    if (trouble !== undefined) {
      for (const { target } of ranges) rmSync(target, { force: true });
      giveUp('split-copy', trouble);
    }
    ranges.forEach(({ name, target, start, end }, index) => {
      renameSync(target, parts[index] ?? '');
      console.log(`${name}: ${end - start} bytes by process ${pids[index]}`);
    });
  });
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  giveUp('split-copy', `${path}: ${code}`);
}
