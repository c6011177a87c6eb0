// Both parts into a new file beside the target, by two children.
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { giveUp, run } from './run.ts';

const [one, two, target, ...rest] = process.argv.slice(2);
if (one === undefined || two === undefined || target === undefined || rest.length > 0) {
  console.error('usage: join <part1> <part2> <target>');
  process.exit(2);
}

try {
  const sizes = [one, two].map((part) => {
    const stats = statSync(part);
    if (!stats.isFile()) giveUp('join', `${part}: no file`);
    return stats.size;
  });
  for (const part of [one, two]) {
    if (existsSync(target) && realpathSync(part) === realpathSync(target))
      giveUp('join', `${target}: is a part`);
  }
  const fresh = `${target}.${process.pid}`;
  const ranges = [one, two].map((source, index) => ({
    name: basename(source),
    source,
    target: fresh,
    start: 0,
    end: sizes[index] ?? 0,
    at: index === 0 ? 0 : (sizes[0] ?? 0),
  }));
  run(ranges, (trouble, pids) => {
    if (trouble !== undefined) {
      rmSync(fresh, { force: true });
      giveUp('join', trouble);
    }
    renameSync(fresh, target);
    ranges.forEach(({ name, end }, index) =>
      console.log(`${name}: ${end} bytes by process ${pids[index]}`),
    );
  });
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  giveUp('join', `${path}: ${code}`);
}
