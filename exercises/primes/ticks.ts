// Lets a timer tick while the primes are added, and tells how many of its ticks came: 滴答 is what a clock says.
//
// The task: step 2 of README.md beside this file.
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { add, addPrimes, isPrimeSlow, type Tally } from './count.ts';

/** Milliseconds from one tick to the next. */
const TICK = 10;
/** Milliseconds of work between two turns of the event loop: less than a tick, and far more than a turn costs. */
const SLICE = 5;

const { limit, from, slices } = readArguments();

let ticks = 0;
// TODO: step 2: start a timer that counts one and prints `滴答 <number>` every TICK milliseconds. Note when the work begins.
const { count, sum } = slices ? await addInSlices() : addPrimes(from, limit, isPrimeSlow);
// TODO: step 2: end the timer, and work out how many ticks were due: whole ticks, from the beginning of the work until now.
const due = todo('step 2: count the ticks, and tell how many were due');
console.log(`${count} primes, sum ${sum}: ${ticks} ticks came, ${due} were due`);

/** The same as {@link addPrimes}, but the event loop gets its turn again and again, and timers and sockets with it. */
async function addInSlices(): Promise<Tally> {
  // TODO: step 2: the same loop as in addPrimes, but when SLICE milliseconds have gone by since the last turn, wait for one:
  //   `await turn()`.
  todo('step 2: work in slices, with a turn of the event loop in between');
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string', default: '0' },
        slices: { type: 'boolean', default: false },
      },
    });
    const [limit, ...rest] = positionals;
    if (rest.length > 0) throw new RangeError('one limit');
    return { limit: whole(limit), from: whole(values.from), slices: values.slices };
  } catch {
    console.error('usage: ticks <limit> [--from N] [--slices]');
    process.exit(2);
  }
}

function whole(digits = ''): number {
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(Number(digits)))
    throw new RangeError('not a whole number');
  return Number(digits);
}
