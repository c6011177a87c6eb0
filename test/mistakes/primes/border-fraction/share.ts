// Shares the work among several processes at once, evenly: 甲, 乙, 丙 … each take a range, and the sums are added up.
//
// Try it:
//   npm run ex -- primes share --solution -- 100000 --workers 4
import { parseArgs } from 'node:util';
import { Interrupted, work, WorkerFailed, type Share } from './workers.ts';

/** The workers are called as lists are numbered in Chinese. */
const NAMES = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'];

const { limit, workers } = readArguments();

try {
  const found = await work(evenShares());
  for (const { name, count, sum, pid } of found)
    console.log(`${name}: ${count} primes, sum ${sum}, by process ${pid}`);
  const count = found.reduce((total, each) => total + each.count, 0);
  const sum = found.reduce((total, each) => total + each.sum, 0);
  console.log(`${count} primes, sum ${sum}`);
} catch (error) {
  // Nobody listens for the signal any more: this time it ends the program, and the shell is told the true reason.
  if (error instanceof Interrupted) process.kill(process.pid, error.message);
  else if (error instanceof WorkerFailed) {
    console.error(`share: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}

/**
 * One range for each worker, all of about the same work. A prime n costs n - 2 divisions and the others next to nothing, so
 * the work below n grows like n * n: the first of two workers has its half of it at 0.71 * limit. (Primes get rarer, which
 * moves this by a few percent. To deal out small blocks would even that out as well, and take more code.)
 */
function evenShares(): Share[] {
  const border = (index: number) => limit * Math.sqrt(index / workers);
  return NAMES.slice(0, workers).map((name, index) => ({
    name,
    from: border(index),
    limit: border(index + 1), // where the next one begins: no number is lost, and none is added twice
  }));
}

function readArguments(): { limit: number; workers: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { workers: { type: 'string', default: '2' } },
    });
    const [limit, ...rest] = positionals;
    if (rest.length > 0) throw new RangeError('one limit');
    const workers = whole(values.workers);
    if (workers < 1 || workers > NAMES.length) throw new RangeError('1 to 8 workers');
    return { limit: whole(limit), workers };
  } catch {
    console.error('usage: share <limit> [--workers 1-8]');
    process.exit(2);
  }
}

function whole(digits = ''): number {
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(Number(digits)))
    throw new RangeError('not a whole number');
  return Number(digits);
}
