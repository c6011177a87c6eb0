// The child of workers.ts: gets a number by message, and answers with the sum of all primes below it.

import { setTimeout as pause } from 'node:timers/promises';

if (!process.send) {
  console.error('worker: it is started by workers.ts, and not by hand');
  process.exit(1);
}

await pause(100); // something to prepare

// This listener keeps the worker alive, for one job after the other, until its parent closes the channel.
process.on('message', (below: number) => {
  process.send?.(sumOfPrimes(below));
  process.disconnect(); // my work is done
});

function sumOfPrimes(below: number): number {
  let sum = 0;
  for (let number = 2; number < below; number += 1) if (isPrime(number)) sum += number;
  return sum;
}

function isPrime(number: number): boolean {
  for (let factor = 2; factor * factor <= number; factor += 1) {
    if (number % factor === 0) return false;
  }
  return true;
}
