// The diagnoses of primes: what was found, against what is there, tells which numbers were taken or left out.
import type { Diagnosis, Seen } from '#harness';
import { addPrimes, isPrime, primesIn, type Range, type Tally } from './truth.ts';

/** A sum that is wrong: by how many primes, and by how much. */
interface Wrong {
  readonly range: Range;
  readonly tally: Tally;
  readonly truth: Tally;
  /** What was found, less what is there. */
  readonly more: number;
  readonly excess: number;
}

export const diagnoses: readonly Diagnosis[] = [
  {
    id: 'counts-one',
    when: wrong(
      ({ range, more, excess }) =>
        range.from <= 1 &&
        ((more === 1 && excess <= 1) || (more === 2 && excess === 1)) &&
        excess >= 0,
    ),
    cause: ({ tally, truth }) => {
      const two = (tally as Tally).count - (truth as Tally).count === 2;
      const one = (tally as Tally).sum > (truth as Tally).sum;
      const which = two ? '0 and 1 were counted' : `${one ? 1 : 0} was counted`;
      return `${which}. No number between 1 and itself divides it, and it is no prime all the same: primes begin at 2.`;
    },
    step: 1,
    hint: 2,
  },
  {
    id: 'limit-included',
    when: wrong(
      ({ range: { limit }, more, excess }) => isPrime(limit) && more === 1 && excess === limit,
    ),
    cause: ({ range }) =>
      `the limit was counted too: "below ${(range as Range).limit}" does not include ${(range as Range).limit}. Compare with <, not <=.`,
    step: 1,
    hint: 3,
  },
  {
    id: 'two-always',
    when: wrong(({ range, more, excess }) => range.limit <= 2 && more === 1 && excess === 2),
    cause: () => '2 was counted without a look at the limit. Below 2 there is no prime.',
    hint: 3,
  },
  {
    id: 'lacks-two',
    when: wrong(({ range, more, excess }) => range.limit > 2 && more === -1 && excess === -2),
    cause: ({ range }) =>
      (range as Range).limit === 3
        ? '2 is missing, and is a prime. Was it skipped with the other even numbers, or divided by itself?'
        : '2 is missing. It is even, and a prime: whoever skips the even numbers has to add it.',
    hint: 3,
  },
  {
    id: 'counts-four',
    when: wrong(({ more, excess }) => more === 1 && excess === 4),
    cause: () =>
      '4 was counted. Its only divisor is 2, which is half of it and its square root: the last divisor to try belongs to those that are tried.',
    hint: 3,
  },
  {
    id: 'from-ignored',
    when: wrong(({ range: { from, limit }, tally }) => {
      const all = addPrimes({ from: 0, limit });
      return from > 2 && tally.count === all.count && tally.sum === all.sum;
    }),
    cause: () => '--from made no difference: the loop begins at the beginning, whatever it says.',
    hint: 3,
  },
  {
    id: 'from-excluded',
    when: wrong(
      ({ range: { from }, more, excess }) => isPrime(from) && more === -1 && excess === -from,
    ),
    cause: ({ range }) =>
      `${(range as Range).from} is missing, a prime: the range begins with --from, and not behind it.`,
    hint: 3,
  },
  {
    id: 'empty-refused',
    when: ({ exit, range }) => isRange(range) && range.from >= range.limit && exit?.code !== 0,
    cause: () =>
      'a range that ends before it begins was refused. It is empty, and has 0 primes: a loop over it does not turn once.',
    hint: 3,
  },
  {
    id: 'squares-counted',
    when: wrong(({ range, more, excess }) => {
      const roots = primesIn({ from: 0, limit: Math.ceil(Math.sqrt(range.limit)) + 1 });
      const squares = roots
        .map((prime) => prime * prime)
        .filter((square) => square >= range.from && square < range.limit);
      return more === squares.length && excess === squares.reduce((sum, one) => sum + one, 0);
    }),
    cause: () =>
      'the squares of primes were counted: 4, 9, 25, 49 … Such a number has one divisor, its square root, so that one must be tried too.',
    step: 3,
    hint: 3,
  },
  {
    id: 'wrapped',
    when: (seen) => isNegative(seen) || isWrapped(seen),
    cause: () =>
      'the sum was cut to 32 bits: | 0 and other operators on bits do that, and so do arrays of 32-bit numbers.',
    hint: 3,
  },
  {
    id: 'other-in-slices',
    when: ({ inSlices }) => inSlices === true,
    cause: () =>
      'with --slices other numbers are added than without. The loop is the same: from the same beginning, below the same limit, and each number once.',
    hint: 3,
  },
  {
    id: 'composites',
    when: wrong(({ more }) => more > 0),
    cause: () =>
      'numbers were counted that have a divisor: not all were tried that it could be. The first one that fails tells which.',
    hint: 2,
  },
  {
    id: 'lacks-primes',
    when: wrong(({ more, excess }) => more < 0 || excess < 0),
    cause: () => 'primes are missing: a number was divided by itself or by 1, or was left out.',
    hint: 2,
  },
  {
    id: 'turns-taken',
    when: ({ turnsTaken }) => turnsTaken !== undefined,
    cause: () =>
      'the work was done in slices without being asked to. Without --slices it is one call that returns when all is done.',
    hint: 3,
  },
  {
    id: 'due-is-no-time',
    when: ({ noneDue, dueTooMany }) => noneDue === true || dueTooMany !== undefined,
    cause: () =>
      'how many ticks were due is told by the clock: the milliseconds from the beginning of the work to its end, divided by 10. The timer itself cannot know what it has missed.',
    hint: 2,
  },
  {
    id: 'tick-lines',
    when: ({ tickLines }) => tickLines !== undefined,
    cause: () => 'each tick counts one and prints one line, with its number: in the same function.',
    hint: 3,
  },
  {
    id: 'turn-for-each',
    when: ({ idles }) => idles === true,
    cause: () =>
      'it waits for a timer after each number, and a timer of 0 ms takes 1 ms. Work for some milliseconds, then give the loop a turn with setImmediate.',
    hint: 2,
  },
  {
    id: 'no-turns',
    when: ({ noTurns }) => noTurns === true,
    cause: () =>
      'the event loop had no turn. Wait for setImmediate or a timer, with await: a call without await does not wait, and await on a promise that is resolved already goes on before the loop does.',
    hint: 2,
  },
  {
    id: 'long-slices',
    when: ({ longSlices }) => longSlices !== undefined,
    cause: ({ longSlices }) =>
      longSlices === 0
        ? 'end a slice by the clock, after some milliseconds, and wait for a turn then. Here the loop had no turn at all, or a slice takes too long.'
        : 'a slice is so many numbers, and large numbers take longer: end it by the clock, after some milliseconds.',
    hint: 2,
  },
  {
    id: 'no-faster',
    when: ({ tooSlow }) => tooSlow === true,
    cause: () =>
      'it tries about as many divisors as the slow way. To stop at half, or to skip the even ones, is two or four times less; to stop at the square root is a thousand times less.',
    hint: 2,
  },
  {
    id: 'part-of-a-tick',
    when: ({ words }) => /\d\.\d+ were due/.test(String(words)),
    cause: () =>
      'a part of a tick is not due: whole ones count. Math.floor leaves the part behind the point away.',
    hint: 4,
  },
  {
    id: 'answer-not-read',
    when: ({ ofWorkers, words, exit, stderr }) =>
      ofWorkers === true &&
      words === '' &&
      exit?.code === 1 &&
      !stderr.includes('usage: primes') &&
      /^share: |of (null|undefined)|not iterable/m.test(stderr),
    cause: () =>
      "the answer of a worker was not read, or not understood. Read while it runs: wait for text() and for 'close' together. Behind 'close' there is nothing left to read.",
    hint: 3,
  },
  {
    id: 'other-words',
    when: ({ words, exit }) => words !== undefined && words !== '' && exit?.code === 0,
    cause: () =>
      'the line has other words or signs than the contract gives, or there are more lines. Another program reads it, and has to know what comes.',
    hint: 3,
  },
  {
    id: 'wrong-sum',
    when: ({ addedWrongly }) => addedWrongly === true,
    cause: () => 'the answers of the workers were not all added, or one of them twice.',
    hint: 3,
  },
  {
    id: 'border-twice',
    when: sharing(({ more }) => more > 0),
    cause: () =>
      'a number at a border belongs to two workers. A range ends before its limit, and the next one begins with it: the same number, used twice.',
    hint: 2,
  },
  {
    id: 'border-lost',
    when: sharing(({ more }) => more < 0),
    cause: () =>
      'a number belongs to no worker: a range begins behind the end of the one before, or the last one ends too early.',
    hint: 2,
  },
  {
    id: 'border-no-number',
    when: ({ stderr }) => stderr.includes('usage: primes'),
    cause: () =>
      'a worker was called with arguments that are no whole numbers, and refused them: a border has to be rounded.',
    hint: 4,
  },
  {
    id: 'sequential',
    when: ({ atOnce }) => typeof atOnce === 'number' && atOnce > 0,
    cause: () =>
      'each worker is started when the one before has ended: an await between two starts. Start all, then wait for all.',
    hint: 2,
  },
  {
    id: 'no-workers',
    when: ({ atOnce }) => atOnce === 0,
    cause: () => 'no other process does the work: it is done where the program is.',
    hint: 3,
  },
  {
    id: 'wrong-process',
    when: ({ wrongPid }) => wrongPid === true,
    cause: ({ own }) =>
      own === true
        ? 'process.pid is the number of this program. That of a worker is in worker.pid.'
        : 'a line names a process that has not done this work.',
    hint: 3,
  },
  {
    id: 'too-many-workers',
    when: ({ manyProcesses }) => manyProcesses !== undefined,
    cause: () =>
      'a process is started for each piece of the work. A start costs more than a small piece does: one process for each worker.',
    hint: 2,
  },
  {
    id: 'idle-workers',
    when: ({ uneven }) => Number((uneven as { idle?: number } | undefined)?.idle) > 0,
    cause: () =>
      'one worker found next to no prime, so it had next to nothing to do: numbers that all have the divisor 2, or 3, cost one division or two. The primes are what costs.',
    hint: 2,
  },
  {
    id: 'equal-ranges',
    when: ({ uneven }) => (uneven as { rising?: boolean } | undefined)?.rising === true,
    cause: () =>
      'each worker has as many numbers as the others, but not as much work: a prime of twice the size takes twice the divisions.',
    hint: 2,
  },
  {
    id: 'uneven',
    when: ({ uneven }) => uneven !== undefined,
    cause: () =>
      'the borders fit another number of workers. The work below n grows like n * n: ask where a third or a quarter of it is reached.',
    hint: 2,
  },
  {
    id: 'order-of-arrival',
    when: ({ arrival }) => arrival === true,
    cause: () =>
      'the answers are kept in the order in which they come, and that is not the order of the workers. Promise.all keeps the order of its promises.',
    hint: 3,
  },
  {
    id: 'others-go-on',
    when: ({ othersLeft, running }) => Number(othersLeft) > 0 && running === true,
    cause: () =>
      'the other workers are not ended, and the program waits for them. End them as soon as one has failed.',
    hint: 2,
  },
  {
    id: 'workers-left',
    when: ({ othersLeft }) => Number(othersLeft) > 0,
    cause: () =>
      'the program ends and its workers do not: a signal ends the one process that it is sent to. Listen for it, end the workers, and wait for their end.',
    hint: 2,
  },
  {
    id: 'sum-without',
    when: ({ failedWorker, printed }) => failedWorker === true && printed !== '',
    cause: () =>
      'a worker that is killed gives no answer, and the rest was added up without it. Look how each worker has ended.',
    hint: 2,
  },
  {
    id: 'fell-over',
    when: ({ failedWorker, crash }) => failedWorker === true && crash !== undefined,
    cause: () =>
      'an error that nobody handles ended the program. A worker that is killed prints no line, so there are no numbers in it to take: ask first how it has ended.',
    hint: 2,
  },
  {
    id: 'failure-words',
    when: ({ failedWorker }) => failedWorker === true,
    cause: () =>
      'the first worker that fails is the cause, and the line on stderr names it. Those that you end after that fail too, but because of you.',
    hint: 3,
  },
  {
    id: 'bad-end',
    when: ({ badEnd }) => badEnd === true,
    cause: () =>
      'whoever listens for a signal must end as if it had not: with status 130 for SIGINT and 143 for SIGTERM, or by the signal itself.',
    hint: 3,
  },
];

function isNegative({ range, words }: Seen): boolean {
  return isRange(range) && /sum -\d/.test(String(words));
}

const isWrapped = wrong(
  ({ tally, truth, more }) => more === 0 && [truth.sum | 0, truth.sum >>> 0].includes(tally.sum),
);

/** A question about a sum that is wrong. */
function wrong(when: (seen: Wrong) => boolean): (seen: Seen) => boolean {
  return ({ range, tally, truth }) => {
    if (!isRange(range) || !isTally(tally) || !isTally(truth)) return false;
    const [more, excess] = [tally.count - truth.count, tally.sum - truth.sum];
    return when({ range, tally, truth, more, excess });
  };
}

/** A question about a sum that several workers got wrong together. */
function sharing(when: (seen: { readonly more: number }) => boolean): (seen: Seen) => boolean {
  return ({ shared }) => {
    if (typeof shared !== 'object' || shared === null) return false;
    const { all, truth } = shared as { all: Tally; truth: Tally };
    return when({ more: all.count - truth.count });
  };
}

function isRange(range: unknown): range is Range {
  return typeof range === 'object' && range !== null && 'from' in range && 'limit' in range;
}

function isTally(tally: unknown): tally is Tally {
  return typeof tally === 'object' && tally !== null && 'count' in tally && 'sum' in tally;
}
