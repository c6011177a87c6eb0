// Which numbers are prime, how many of them there are in a range, and what they add up to.
//
// The task: steps 1 and 3 of README.md beside this file.
import { todo } from '#todo';

/** How many primes there are in a range, and their sum. */
export interface Tally {
  count: number;
  /** Exact up to 2 ** 53: for all primes below 500 million. Beyond that it would have to be a BigInt. */
  sum: number;
}

/** The course's way: a prime has no divisor between 1 and itself, so every one of these numbers is tried. */
export function isPrimeSlow(number: number): boolean {
  // TODO: step 1: try every number between 1 and `number`. If one of them divides it (% gives what is left over), it is no
  //   prime. 0 and 1 are none either.
  todo('step 1: find out whether a number is prime');
}

/** The same answer with fewer questions. */
export function isPrimeFast(number: number): boolean {
  // TODO: step 3: divisors come in pairs, a * b = number. Which numbers do you still have to try, if you need only one of
  //   each pair?
  todo('step 3: the same answer, with fewer divisions');
}

/** Counts and adds the primes from `from` up to, but not including, `limit`. Nothing else happens in this process meanwhile. */
export function addPrimes(
  from: number,
  limit: number,
  isPrime: (number: number) => boolean,
): Tally {
  // TODO: step 1: begin with an empty tally, and add() each number of the range that is prime. Which numbers are in the
  //   range is in the line above this function.
  todo('step 1: count and add the primes of a range');
}

/** Done for you. */
export function add(tally: Tally, prime: number): void {
  tally.count += 1;
  tally.sum += prime;
}
