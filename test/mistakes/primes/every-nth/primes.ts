// Counts and adds the primes below a limit, in one process. Every worker of share.ts runs this program.
//
// Try it:
//   npm run ex -- primes --solution -- 100000
//   npm run ex -- primes --solution -- 100000 --fast
import { parseArgs } from 'node:util';
import { addPrimes, isPrimeFast, isPrimeSlow } from './count.ts';

const { limit, from, step, fast } = readArguments();
const { count, sum } = addPrimes(from, limit, step, fast ? isPrimeFast : isPrimeSlow);
console.log(`${count} primes, sum ${sum}`);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string', default: '0' },
        step: { type: 'string', default: '1' },
        fast: { type: 'boolean', default: false },
      },
    });
    const [limit, ...rest] = positionals;
    if (rest.length > 0) throw new RangeError('one limit');
    return {
      limit: whole(limit),
      from: whole(values.from),
      step: whole(values.step),
      fast: values.fast,
    };
  } catch {
    console.error('usage: primes <limit> [--from N] [--fast]');
    process.exit(2);
  }
}

function whole(digits = ''): number {
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(Number(digits)))
    throw new RangeError('not a whole number');
  return Number(digits);
}
