// Which numbers are prime, how many of them there are in a range, and what they add up to.

/** How many primes there are in a range, and their sum. */
export interface Tally {
  count: number;
  /** Exact up to 2 ** 53: for all primes below 500 million. Beyond that it would have to be a BigInt. */
  sum: number;
}

/** The course's way: a prime has no divisor between 1 and itself, so every one of these numbers is tried. */
export function isPrimeSlow(number: number): boolean {
  for (let divisor = 2; divisor < number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}

/**
 * The same answer with fewer questions: divisors come in pairs, a * b = number, and the smaller one of a pair is not larger
 * than the square root. The root itself belongs to them: 49 has no divisor but 7.
 */
export function isPrimeFast(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return number > 1;
}

/** Counts and adds the primes from `from` up to, but not including, `limit`. Nothing else happens in this process meanwhile. */
export function addPrimes(
  from: number,
  limit: number,
  isPrime: (number: number) => boolean,
): Tally {
  const tally = { count: 0, sum: 0 };
  for (let number = from; number < limit; number += 1) {
    if (isPrime(number)) add(tally, number);
  }
  return tally;
}

export function add(tally: Tally, prime: number): void {
  tally.count += 1;
  tally.sum += prime;
}
