// Shares the work among several processes at once, evenly: 甲, 乙, 丙 … each take a range, and the sums are added up.
//
// The task: step 4 of README.md beside this file. What is left to do in workers.ts belongs to it.
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { Interrupted, work, WorkerFailed, type Share } from './workers.ts';

/** The workers are called as lists are numbered in Chinese. */
const NAMES = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'];

const { limit, workers } = readArguments();

try {
  const found = await work(evenShares());
  for (const { name, count, sum, pid } of found)
    console.log(`${name}: ${count} primes, sum ${sum}, by process ${pid}`);
  // TODO: step 4: add up what the workers have found, and print it: `<count> primes, sum <sum>`.
  todo('step 4: add up what the workers have found');
} catch (error) {
  // Nobody listens for the signal any more: this time it ends the program, and the shell is told the true reason.
  if (error instanceof Interrupted) process.kill(process.pid, error.message);
  else if (error instanceof WorkerFailed) {
    console.error(`share: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}

/** One range for each worker, all of about the same work. */
function evenShares(): Share[] {
  // TODO: step 4: cut the numbers below `limit` into as many ranges as there are workers, each with its name. No number is lost,
  //   and none is in two ranges. Begin with ranges of the same length, and look at the clock: which worker is done last?
  //   Then move the borders, so that each has the same work: see "Even work" in the note.
  todo('step 4: cut the work into even shares');
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
