// Counts and adds the primes below a limit, in one process. Every worker of share.ts runs this program.
//
// Nothing is left to do in this file: what it calls is in count.ts.
import { parseArgs } from 'node:util';
import { addPrimes, isPrimeFast, isPrimeSlow } from './count.ts';

const { limit, from, fast } = readArguments();
const { count, sum } = addPrimes(from, limit, fast ? isPrimeFast : isPrimeSlow);
console.log(`${count} primes, sum ${sum}`);

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string', default: '0' },
        fast: { type: 'boolean', default: false },
      },
    });
    const [limit, ...rest] = positionals;
    if (rest.length > 0) throw new RangeError('one limit');
    return { limit: whole(limit), from: whole(values.from), fast: values.fast };
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
