// One process: by trial, or by a sieve.
import { parseArgs } from 'node:util';

const { values, positionals } = parse();
const [limit, from] = [positionals[0], values.from].map(Number) as [number, number];
const numbers = Array.from({ length: Math.max(limit - from, 0) }, (_, index) => from + index);
const primes = numbers.filter(values.fast ? bySieve() : byTrial);
console.log(
  '%d primes, sum %d',
  primes.length,
  primes.reduce((sum, prime) => sum + prime, 0),
);

function byTrial(number: number): boolean {
  if (number < 2) return false;
  let divisor = 2;
  while (number % divisor !== 0) divisor += 1;
  return divisor === number;
}

function bySieve(): (number: number) => boolean {
  const composite = new Set([0, 1]);
  for (let prime = 2; prime * prime < limit; prime += 1) {
    if (composite.has(prime)) continue;
    for (let at = prime * prime; at < limit; at += prime) composite.add(at);
  }
  return (number) => !composite.has(number);
}

function parse() {
  const options = {
    from: { type: 'string', default: '0' },
    fast: { type: 'boolean' },
  } as const;
  try {
    const parsed = parseArgs({ allowPositionals: true, options });
    const { positionals: words, values: found } = parsed;
    if (words.length === 1 && [...words, found.from].every((word) => /^\d+$/.test(word)))
      return parsed;
  } catch {
    // the same usage line
  }
  process.stderr.write('usage: primes <limit> [--from N] [--fast]\n');
  process.exit(2);
}
