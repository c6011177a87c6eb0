// What is true of primes, by a sieve: what the checks and the diagnoses compare with.

export interface Range {
  readonly from: number;
  readonly limit: number;
}

export interface Tally {
  readonly count: number;
  readonly sum: number;
}

let sieve = new Uint8Array();

/** The primes from `from` up to, but not including, `limit`. */
export function primesIn({ from, limit }: Range): number[] {
  if (sieve.length < limit) sieve = sieveTo(limit);
  const primes = [];
  for (let number = Math.max(from, 2); number < limit; number += 1) {
    if (sieve[number] === 0) primes.push(number);
  }
  return primes;
}

export function addPrimes(range: Range): Tally {
  const primes = primesIn(range);
  return { count: primes.length, sum: primes.reduce((sum, prime) => sum + prime, 0) };
}

export function isPrime(number: number): boolean {
  return primesIn({ from: number, limit: number + 1 }).length === 1;
}

/** The first prime from `number` on. */
export function primeNear(number: number): number {
  return isPrime(number) ? number : primeNear(number + 1);
}

/** 1 for each number that has a divisor. */
function sieveTo(limit: number): Uint8Array<ArrayBuffer> {
  const composite = new Uint8Array(limit);
  for (let prime = 2; prime * prime < limit; prime += 1) {
    if (composite[prime] === 1) continue;
    for (let multiple = prime * prime; multiple < limit; multiple += prime) composite[multiple] = 1;
  }
  return composite;
}
