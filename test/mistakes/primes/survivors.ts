// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

const SHORT_SLICE =
  'A turn by setImmediate costs a microsecond or two. To take one after each number is wasteful, and nobody can see it from outside.';

const TWO_SIGNS =
  'The worker is primes.ts: it ends with status 0 exactly if it has printed its line. The solution asks for both, since a worker of another kind may have only one of them.';

export const survivors: readonly Survivor[] = [
  {
    file: 'ticks.ts',
    line: 'if (performance.now() < end) continue;',
    becomes: 'false',
    why: SHORT_SLICE,
  },
  {
    file: 'ticks.ts',
    line: 'if (performance.now() < end) continue;',
    becomes: 'performance.now() <= end',
    why: 'The clock has steps of less than a microsecond: a slice that ends one step later is the same.',
  },
  {
    file: 'ticks.ts',
    line: 'let end = performance.now() + SLICE;',
    becomes: 'performance.now() - SLICE',
    why: 'The first slice is one number long, and the first turn comes at once. The slices after it are as long as ever.',
  },
  {
    file: 'ticks.ts',
    line: 'end = performance.now() + SLICE;',
    becomes: 'performance.now() - SLICE',
    why: SHORT_SLICE,
  },
  {
    file: 'workers.ts',
    line: 'if (signal) return new WorkerFailed(`${name}: ended by ${signal}`);',
    becomes: 'false',
    why: 'A worker that was ended by a signal has no status 0 either, and fails in the next line but one. The contract leaves open in which words.',
  },
  {
    file: 'workers.ts',
    line: "return answers.filter((answer) => 'sum' in answer);",
    becomes: 'answers',
    why: 'Where one is not an answer there is trouble, which is thrown in the line before: the filter is for the compiler.',
  },
  {
    file: 'workers.ts',
    line: "worker.stdout ? text(worker.stdout) : '',",
    becomes: '"Stryker was here!"',
    why: 'start() makes a pipe of stdout: it is there. The other branch is for the compiler.',
  },
  ...['false', 'status !== 0 && sum === undefined'].map((becomes) => ({
    file: 'workers.ts',
    line: 'if (status !== 0 || sum === undefined)',
    becomes,
    why: TWO_SIGNS,
  })),
  {
    file: 'workers.ts',
    line: 'return new WorkerFailed(`${name}: ended with status ${status}, without an answer`);',
    becomes: '``',
    why: 'A check can end a worker by a signal only, and primes.ts does not fail by itself.',
  },
  {
    file: 'workers.ts',
    line: 'said.match(/^(\\d+) primes, sum (\\d+)\\n$/) ?? []',
    becomes: '/(\\d+) primes, sum (\\d+)\\n$/',
    why: 'primes.ts prints its line and nothing before it.',
  },
  {
    file: 'workers.ts',
    line: 'said.match(/^(\\d+) primes, sum (\\d+)\\n$/) ?? []',
    becomes: '/^(\\d+) primes, sum (\\d+)\\n/',
    why: 'primes.ts prints its line and nothing behind it.',
  },
  {
    file: 'workers.ts',
    line: 'said.match(/^(\\d+) primes, sum (\\d+)\\n$/) ?? []',
    becomes: '["Stryker was here"]',
    why: 'One entry instead of none: the sum, which is the third, is missing all the same.',
  },
];
