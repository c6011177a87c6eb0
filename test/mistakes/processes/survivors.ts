// Changes to the solution of processes that no check notices, and why nobody could.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'worker.ts',
    line: 'process.send?.(sumOfPrimes(below));',
    becomes: 'process.send(sumOfPrimes(below))',
    why: 'A worker without process.send has ended in the lines above, and Node keeps it when the channel closes: the ?. is for the compiler.',
  },
  {
    file: 'zombie.ts',
    line: "if (code !== 'ECHILD') throw error;",
    becomes: 'false',
    why: 'Without a handler for a signal wait() can fail in one way only, which is ECHILD (no EINTR, and no option that could be invalid).',
  },
];
