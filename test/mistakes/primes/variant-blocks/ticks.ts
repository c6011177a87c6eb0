// A timer that starts itself again, and turns that are timers of no time.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '0' }, slices: { type: 'boolean', default: false } },
});
const limit = Number(positionals[0]);

let ticks = 0;
let timer = setTimeout(tick, 10);
function tick() {
  process.stdout.write(`滴答 ${++ticks}\n`);
  timer = setTimeout(tick, 10);
}

const begin = Date.now();
let [number, count, sum] = [Number(values.from), 0, 0];
work();

function work(): void {
  const turn = Date.now();
  while (number < limit) {
    if (isPrime(number)) {
      count += 1;
      sum += number;
    }
    number += 1;
    if (values.slices && Date.now() - turn >= 2) {
      setTimeout(work);
      return;
    }
  }
  const due = Math.trunc((Date.now() - begin) / 10);
  clearTimeout(timer);
  console.log(`${count} primes, sum ${sum}: ${ticks} ticks came, ${due} were due`);
}

function isPrime(candidate: number): boolean {
  let divisor = 2;
  while (divisor < candidate && candidate % divisor !== 0) divisor += 1;
  return divisor === candidate;
}
