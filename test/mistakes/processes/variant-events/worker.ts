// Reads its job from stdin, and prints the answer.
import { text } from 'node:stream/consumers';

const below = Number(await text(process.stdin));
const sieve = new Uint8Array(below);
let sum = 0;
for (let number = 2; number < below; number += 1) {
  if (sieve[number]) continue;
  sum += number;
  for (let multiple = number * number; multiple < below; multiple += number) sieve[multiple] = 1;
}
console.log(sum);
