// Lets a timer tick while the primes are added, and tells how many of its ticks came: 滴答 is what a clock says.
//
// Try it:
//   npm run ex -- primes ticks --solution -- 100000
//   npm run ex -- primes ticks --solution -- 100000 --slices
import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { add, addPrimes, isPrimeSlow, type Tally } from './count.ts';

/** Milliseconds from one tick to the next. */
const TICK = 10;
/** Milliseconds of work between two turns of the event loop: less than a tick, and far more than a turn costs. */
const SLICE = 5;

const { limit, from, slices } = readArguments();

let ticks = 0;
const timer = setInterval(() => {
  ticks += 1;
  console.log(`滴答 ${ticks}`);
}, TICK);
const began = performance.now();
const { count, sum } = slices ? await addInSlices() : addPrimes(from, limit, isPrimeSlow);
const due = (performance.now() - began) / TICK;
clearInterval(timer); // a timer that goes on keeps the program alive
console.log(`${count} primes, sum ${sum}: ${ticks} ticks came, ${due} were due`);

/** The same as {@link addPrimes}, but the event loop gets its turn again and again, and timers and sockets with it. */
async function addInSlices(): Promise<Tally> {
  const tally = { count: 0, sum: 0 };
  // Measured by the clock: a thousand numbers take a moment at 1,000, and a second at 10,000,000.
  let end = performance.now() + SLICE;
  for (let number = from; number < limit; number += 1) {
    if (isPrimeSlow(number)) add(tally, number);
    if (performance.now() < end) continue;
    // A promise that is resolved already would not do: what waits for it goes on before the loop takes its turn.
    await turn();
    end = performance.now() + SLICE;
  }
  return tally;
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
