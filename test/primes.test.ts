// The graded checks of primes: sums are compared, ticks are counted, and the kernel tells who has done how much of the work.
import { canSeeChildren, childrenOf, send } from '#harness/children';
import { effortOf, effortsOfChildren, lookFor, sleepsOf, spends } from '#harness/effort';
import { hasEnded, processRow } from '#harness/proc';
import { lesson, type Program, type Seen, type Trial } from '#harness';
import { addPrimes, primesIn, primeNear, type Range, type Tally } from './primes/truth.ts';
import { diagnoses } from './primes/diagnoses.ts';

/** For programs that compute: a machine that is busy with other things may take long. Milliseconds. */
const LONG_WAIT = { patience: 60_000 };
/** Far beyond what the slow way can do while a check waits. */
const ENDLESS = 50_000_000;
/** Processor time that a better algorithm may take for {@link HARD}, in milliseconds, the start of the program included. */
const FAST = 2_000;
const HARD = 500_000;
/** The sum of the primes below it does not fit into 32 bits. */
const LARGE = 250_000;
/** How much more than its even part of the work one worker may do. */
const EVEN = 1.25;
/** Processor time of a worker, in milliseconds, below which its start would count for more than its work. */
const WORTH = 150;
/** Ticks for which the event loop is watched, and the processor time in milliseconds that they may take together. */
const WATCHED = 10;
const PER_TICK = 300;

export default lesson({
  lesson: 'primes',
  steps: [
    'The slow way',
    'Ticks that a busy loop steals',
    'A better algorithm',
    'Several workers at once',
    'The whole sum or none',
  ],
  checks: [
    {
      id: 'answer',
      step: 1,
      points: 12,
      title: 'counts and adds the primes below a limit; the limit itself does not belong to them',
      timeLimit: 120_000,
      async run(trial) {
        for (const limit of [100, 1_000, 10_000, trial.random.int(3_000, 9_000)])
          await expectTally(trial, { limit, from: 0 });
        for (const limit of [97, 98, primeNear(trial.random.int(500, 900))])
          await expectTally(trial, { limit, from: 0 });
      },
    },
    {
      id: 'smallest',
      step: 1,
      points: 6,
      title: 'knows the smallest: no prime below 2, one below 3; refuses what is no whole number',
      timeLimit: 60_000,
      async run(trial) {
        for (const limit of [0, 1, 2, 3, 4, 5]) await expectTally(trial, { limit, from: 0 });
        for (const args of [['一百'], ['-5'], ['1.5'], []]) await expectUsage(trial, args);
      },
    },
    {
      id: 'from',
      step: 1,
      points: 6,
      title: 'with --from begins at that number, which belongs to the range; a range may be empty',
      timeLimit: 60_000,
      async run(trial) {
        const from = primeNear(trial.random.int(100, 800));
        for (const range of [
          { from, limit: 900 },
          { from: from + 1, limit: 900 },
          { from: 2, limit: 100 },
          { from: 90, limit: 96 },
          { from: 50, limit: 20 },
        ])
          await expectTally(trial, range);
      },
    },
    {
      id: 'busy',
      step: 2,
      points: 8,
      title: 'tells that no tick came while it was busy, and how many were due',
      timeLimit: 120_000,
      run: expectBusy,
    },
    {
      id: 'slices',
      step: 2,
      points: 8,
      title: 'with --slices finds the same sum, and ticks come meanwhile',
      timeLimit: 120_000,
      run: expectSlices,
    },
    {
      id: 'turns',
      step: 2,
      points: 8,
      title: 'with --slices goes on ticking where each number takes long',
      timeLimit: 120_000,
      run: expectTurns,
    },
    {
      id: 'fast-answer',
      step: 3,
      points: 8,
      title: 'with --fast finds the same: below 100,000 they add up to 454396537',
      timeLimit: 60_000,
      async run(trial) {
        const from = trial.random.int(2_000, 4_000);
        for (const range of [
          { limit: 10, from: 0 },
          { limit: 122, from: 0 },
          { limit: 100_000, from: 0 },
          { limit: 9_000, from },
        ])
          await expectTally(trial, range, ['--fast']);
      },
    },
    {
      id: 'fast-enough',
      step: 3,
      points: 8,
      title: `with --fast needs less than ${FAST / 1000} s of processor time for all primes below ${HARD.toLocaleString('en')}`,
      timeLimit: 120_000,
      async run(trial) {
        mustSee(trial);
        const program = await trial.start('primes', [`${HARD}`, '--fast']);
        const spent = await spends(trial, program, FAST);
        trial.must(spent <= FAST && program.exit !== undefined, {
          saw: `after ${(spent / 1000).toFixed(1)} s of processor time it was still at work.`,
          expected: `all primes below ${HARD} in less than ${FAST / 1000} s. A tenth of that is enough.`,
          facts: { tooSlow: true },
        });
        readTally(trial, program, { limit: HARD, from: 0 });
      },
    },
    {
      id: 'large-sum',
      step: 3,
      points: 4,
      title: 'adds up to more than fits into 32 bits',
      timeLimit: 120_000,
      run: (trial) => expectTally(trial, { limit: LARGE, from: 0 }, ['--fast']),
    },
    {
      id: 'shared-sum',
      step: 4,
      points: 6,
      title: 'finds by 1, 3 or 4 workers what one process finds, and a line tells of each',
      timeLimit: 120_000,
      run: expectSharedSum,
    },
    {
      id: 'at-once',
      step: 4,
      points: 5,
      title: 'has all its workers at work at the same time',
      timeLimit: 120_000,
      async run(trial) {
        mustSee(trial);
        const program = await trial.start('share', [`${ENDLESS}`, '--workers', '3']);
        const pids = await workersAt(trial, program, 3);
        trial.must(pids.length === 3, {
          saw: `of 3 workers ${pids.length} ${pids.length === 1 ? 'was' : 'were'} at work after seconds of computing.${ended(program)}`,
          expected: '3 processes that compute at the same time.',
          facts: { ...factsOf(program), atOnce: pids.length },
        });
      },
    },
    {
      id: 'own-processes',
      step: 4,
      points: 3,
      title: 'starts one process for each worker, and names it in its line',
      timeLimit: 120_000,
      run: expectOwnProcesses,
    },
    {
      id: 'even',
      step: 4,
      points: 8,
      title: 'shares the work evenly between 2, 3 and 4 workers',
      timeLimit: 240_000,
      run: expectEven,
    },
    {
      id: 'order',
      step: 4,
      points: 2,
      title:
        'prints the lines in the order in which the workers were started, whichever ends first',
      timeLimit: 120_000,
      run: expectOrder,
    },
    {
      id: 'killed',
      step: 5,
      points: 4,
      title: 'prints no sum if a worker is killed, ends the others, and says which one failed',
      timeLimit: 120_000,
      run: expectNoSumWithout,
    },
    {
      id: 'interrupted',
      step: 5,
      points: 4,
      title: 'ends its workers with itself on SIGTERM, on SIGINT, and on Ctrl+C',
      timeLimit: 120_000,
      run: expectInterrupted,
    },
  ],
  diagnoses,
});

// --- one process ---

/** Runs `primes` and compares what it says with the truth. */
async function expectTally(
  trial: Trial,
  range: Range,
  options: readonly string[] = [],
): Promise<void> {
  const { limit, from } = range;
  const place = from > 0 ? ['--from', `${from}`] : [];
  const program = await trial.start('primes', [`${limit}`, ...place, ...options]);
  await program.ended('when it should have found its primes', LONG_WAIT);
  const got = readTally(trial, program, range);
  const truth = addPrimes(range);
  trial.must(got.count === truth.count && got.sum === truth.sum, {
    saw: `${asked(range)} it found ${inWords(got)}.`,
    expected: `${inWords(truth)}${few(range)}.`,
    facts: { ...factsOf(program), range, tally: got, truth },
  });
}

/** The line of a program that has ended: `9592 primes, sum 454396537`. */
function readTally(trial: Trial, program: Program, range: Range): Tally {
  const { lines } = program.stdout;
  const [, count, sum] = lines.at(-1)?.match(/^(\d+) primes, sum (\d+)$/) ?? [];
  trial.must(program.exit?.code === 0 && lines.length === 1 && sum !== undefined, {
    saw: `${asked(range)} it ${ending(program)} and printed ${quoted(program)}`,
    expected: 'status 0 and one line: <count> primes, sum <sum>',
    facts: { ...factsOf(program), words: program.stdout.text, range },
  });
  return { count: Number(count), sum: Number(sum) };
}

/** What the judged program `primes` says itself: a mistake of step 1 is told in step 1, and not in every step again. */
async function ownTally(trial: Trial, limit: number): Promise<Tally> {
  const program = await trial.start('primes', [`${limit}`]);
  await program.ended('when it should have found its primes', LONG_WAIT);
  return readTally(trial, program, { limit, from: 0 });
}

async function expectUsage(trial: Trial, args: readonly string[]): Promise<void> {
  const program = await trial.start('primes', args);
  const exit = await program.ended('when its arguments were wrong');
  trial.must(exit.code === 2 && program.stderr.text.includes('usage: '), {
    saw: `called as ${['primes', ...args].join(' ')}, it ${ending(program)}.`,
    expected: 'status 2 and the usage line on stderr.',
    facts: factsOf(program),
  });
}

// --- ticks ---

interface Ticking {
  readonly tally: Tally;
  readonly came: number;
  readonly due: number;
  /** Lines `滴答 n` before the last one. */
  readonly printed: number;
  /** Milliseconds from its start to its end, as seen from outside. */
  readonly lasted: number;
  /** Milliseconds of its processor time; 0 where nobody tells. */
  readonly effort: number;
}

async function tick(trial: Trial, limit: number, ...options: readonly string[]): Promise<Ticking> {
  const began = performance.now();
  const program = await trial.start('ticks', [`${limit}`, ...options]);
  let effort = 0;
  const sleeps = await lookFor(trial, program, () => {
    effort = Math.max(effort, effortOf(program.pid));
    const often = sleepsOf(program.pid);
    if (often > MANY_SLEEPS) return often;
    return program.stdout.lines.at(-1)?.includes('primes') ? 0 : undefined;
  });
  trial.must(!sleeps, {
    saw: `it went to sleep more than ${MANY_SLEEPS} times, and had not done its work.`,
    expected: 'it computes most of the time, and takes a turn now and then.',
    facts: { idles: true },
  });
  await program.ended('when it should have been done', { patience: sleeps === 0 ? 5_000 : 60_000 });
  const lasted = performance.now() - began;
  const { lines } = program.stdout;
  const pattern = /^(\d+) primes, sum (\d+): (\d+) ticks came, (\d+) were due$/;
  const [, count, sum, came, due] = lines.at(-1)?.match(pattern) ?? [];
  trial.must(program.exit?.code === 0 && due !== undefined, {
    saw: `it ${ending(program)} and printed ${quoted(program)}`,
    expected:
      'status 0 and as its last line: <count> primes, sum <sum>: <n> ticks came, <n> were due',
    facts: { ...factsOf(program), words: program.stdout.text },
  });
  const printed = lines.slice(0, -1).filter((line, at) => line === `滴答 ${at + 1}`).length;
  trial.must(printed === lines.length - 1 && printed === Number(came), {
    saw: `it printed ${lines.length - 1} lines before the last one, which says that ${came} ticks came.`,
    expected: 'a line for each tick that came, 滴答 1, 滴答 2 …, and nothing else.',
    facts: { ...factsOf(program), tickLines: lines.length - 1, came: Number(came) },
  });
  const tally = { count: Number(count), sum: Number(sum) };
  return { tally, came: Number(came), due: Number(due), printed, lasted, effort };
}

async function expectBusy(trial: Trial): Promise<void> {
  // Long enough for a tick, on a machine and in a language of any speed.
  let seen: Ticking | undefined;
  for (let limit = 40_000; limit < 1_000_000; limit *= 4) {
    seen = await tick(trial, limit);
    const { came, due, lasted, effort } = seen;
    trial.must(came === 0, {
      saw: `without --slices ${came} ticks came while it was at work.`,
      expected: 'none: in one go means that nothing else happens meanwhile.',
      facts: { turnsTaken: came },
    });
    trial.must(due <= lasted / 10, {
      saw: `it says that ${due} ticks were due. From its start to its end ${Math.round(lasted)} ms went by.`,
      expected: 'one for each 10 ms of its work.',
      facts: { dueTooMany: due },
    });
    if (due > 0 || effort > 400) break;
  }
  trial.must(seen !== undefined && seen.due > 0, {
    saw: `it worked for ${Math.round(seen?.lasted ?? 0)} ms, and says that no tick was due.`,
    expected: 'one for each 10 ms of its work, whether it came or not.',
    facts: { noneDue: true },
  });
}

async function expectSlices(trial: Trial): Promise<void> {
  // A prime, so that a loop that goes on to the limit counts it.
  const limit = primeNear(40_000);
  const range = { limit, from: 0 };
  const truth = await ownTally(trial, limit);
  const seen = await tick(trial, limit, '--slices');
  const { count, sum } = seen.tally;
  // Right is right, also where `primes` is wrong: that is told in step 1.
  const same = ({ count: primes, sum: total }: Tally) => count === primes && sum === total;
  trial.must(same(truth) || same(addPrimes(range)), {
    saw: `${asked(range)} with --slices it found ${inWords(seen.tally)}.`,
    expected: `the same as your program primes: ${inWords(truth)}.`,
    facts: { range, tally: seen.tally, truth, inSlices: true },
  });
  trial.must(seen.came > 0, {
    saw: `with --slices no tick came in ${Math.round(seen.lasted)} ms.`,
    expected: 'ticks come: between two slices the event loop has its turn.',
    facts: { noTurns: true },
  });
  trial.must(seen.came <= seen.due + 1, {
    saw: `with --slices ${seen.came} ticks came, and ${seen.due} were due.`,
    expected: 'not more than one for each 10 ms.',
    facts: { noneDue: true },
  });
}

/** For 40,000 numbers: more turns than any right program takes, and each of them by a timer. */
const MANY_SLEEPS = 3_000;

async function expectTurns(trial: Trial): Promise<void> {
  mustSee(trial);
  const program = await trial.start('ticks', [`${ENDLESS}`, '--from', '1000000', '--slices']);
  const begun = await lookFor(trial, program, () => effortOf(program.pid) || undefined);
  const ticked = () => program.stdout.lines.filter((line) => line.startsWith('滴答')).length;
  const spent = await lookFor(trial, program, () => {
    const effort = effortOf(program.pid);
    return ticked() >= WATCHED || effort > WATCHED * PER_TICK ? effort : undefined;
  });
  const came = ticked();
  trial.must(begun !== undefined && came >= WATCHED, {
    saw: `from 1,000,000 on ${came} ticks came in ${((spent ?? 0) / 1000).toFixed(1)} s of processor time.${ended(program)}`,
    expected: `${WATCHED} ticks in a small part of that. A slice ends before the next tick is due.`,
    facts: { ...factsOf(program), longSlices: came },
  });
}

// --- several processes ---

interface Line extends Tally {
  readonly name: string;
  readonly pid: number;
}

const NAMES = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'];

/** What `share` has printed: a line for each worker, in the order of their names, and the sum. */
function readShares(
  trial: Trial,
  program: Program,
  workers: number,
): { lines: Line[]; all: Tally } {
  const { lines } = program.stdout;
  const parts = lines.slice(0, -1).flatMap((line) => {
    const found = line.match(/^(\S+): (\d+) primes, sum (\d+), by process (\d+)$/);
    if (!found) return [];
    const [, name = '', ...numbers] = found;
    const [count = 0, sum = 0, pid = 0] = numbers.map(Number);
    return { name, count, sum, pid };
  });
  const [, count, sum] = lines.at(-1)?.match(/^(\d+) primes, sum (\d+)$/) ?? [];
  const named = parts.every(({ name }, at) => name === NAMES[at]);
  const complete = parts.length === workers && lines.length === workers + 1 && sum !== undefined;
  trial.must(program.exit?.code === 0 && complete, {
    saw: `with ${workers} workers it ${ending(program)} and printed ${quoted(program)}`,
    expected: `status 0, ${workers} lines of the form 甲: <count> primes, sum <sum>, by process <pid>, and one with the whole sum.`,
    facts: { ...factsOf(program), words: program.stdout.text, ofWorkers: true },
  });
  trial.must(named, {
    saw: `the lines tell of ${parts.map(({ name }) => name).join(', ')}, in this order.`,
    expected: `${NAMES.slice(0, workers).join(', ')}, in this order.`,
    facts: { ...factsOf(program), arrival: true },
  });
  return { lines: parts, all: { count: Number(count), sum: Number(sum) } };
}

async function expectSharedSum(trial: Trial): Promise<void> {
  // Half of the one is a prime, and so is the other: where many programs cut, and where all end.
  const half = primeNear(trial.random.int(2_000, 4_000));
  for (const [limit, workers] of [
    [2 * half, 4],
    [half, 3],
    [half, 1],
  ] as const) {
    const truth = await ownTally(trial, limit);
    const program = await trial.start('share', [`${limit}`, '--workers', `${workers}`]);
    await program.ended('when its workers should have been done', LONG_WAIT);
    const { lines, all } = readShares(trial, program, workers);
    const added = { count: 0, sum: 0 };
    for (const { count, sum } of lines) {
      added.count += count;
      added.sum += sum;
    }
    trial.must(added.count === all.count && added.sum === all.sum, {
      saw: `the lines of the workers add up to ${inWords(added)}; the last line says ${inWords(all)}.`,
      expected: 'the last line is what the others add up to.',
      facts: { addedWrongly: true },
    });
    trial.must(all.count === truth.count && all.sum === truth.sum, {
      saw: `below ${limit} ${workers} workers found ${inWords(all)}.`,
      expected: `the same as your program primes: ${inWords(truth)}.`,
      facts: { shared: { all, truth, limit } },
    });
  }
}

async function expectOwnProcesses(trial: Trial): Promise<void> {
  mustSee(trial);
  const workers = 3;
  const { program, efforts, lines } = await shareWatched(trial, 30_000, workers);
  const seen = [...efforts.keys()];
  trial.must(seen.length <= workers, {
    saw: `for ${workers} workers it started ${seen.length} processes.`,
    expected: `${workers} processes, one for each worker.`,
    facts: { manyProcesses: seen.length },
  });
  const named = lines.map(({ pid }) => pid);
  const own = named.includes(program.pid);
  const twice = new Set(named).size < named.length;
  // On a busy machine a process may come and go between two looks.
  const unknown = seen.length >= workers && named.some((pid) => !seen.includes(pid));
  trial.must(!own && !twice && !unknown, {
    saw: `the lines name ${named.map((pid) => (pid === program.pid ? `${pid}, which is share itself` : pid)).join(' and ')}. Its children were ${seen.join(', ')}.`,
    expected: 'each line names the process that has done the work.',
    facts: { wrongPid: true, own, twice },
  });
}

interface Watched {
  readonly program: Program;
  /** Milliseconds of processor time of each child, in the order in which they were started. */
  readonly efforts: Map<number, number>;
  readonly lines: readonly Line[];
}

async function shareWatched(trial: Trial, limit: number, workers: number): Promise<Watched> {
  const program = await trial.start('share', [`${limit}`, '--workers', `${workers}`]);
  const seen = await effortsOfChildren(trial, program, workers);
  await program.ended('when its workers should have been done', LONG_WAIT);
  const { lines } = readShares(trial, program, workers);
  // What came before the first worker belongs to the start of the program: a `python3` may be a script that looks for Python.
  const place = placeAfter(program);
  const first = Math.min(...lines.map(({ pid }) => place(pid)));
  const efforts = [...seen]
    .filter(([pid]) => place(pid) >= first)
    .sort(([a], [b]) => place(a) - place(b));
  return { program, efforts: new Map(efforts), lines };
}

/**
 * Tells the order in which the children of a program were started: the kernel counts process ids up, and begins again at the
 * bottom when it has come to the highest one.
 */
function placeAfter(program: Program): (pid: number) => number {
  const HIGHEST = 2 ** 22; // see proc_sys_kernel(5), pid_max
  return (pid) => (pid < program.pid ? pid + HIGHEST : pid);
}

/** The children of a program that have not ended, in the order in which they were started. */
function workersOf(program: Program): number[] {
  const place = placeAfter(program);
  return childrenOf(program).sort((a, b) => place(a) - place(b));
}

async function expectEven(trial: Trial): Promise<void> {
  mustSee(trial);
  // Grows until a worker has something to do, on a machine and in a language of any speed.
  let limit = 20_000;
  for (const workers of [2, 3, 4]) {
    let doubts = 0;
    for (;;) {
      const { efforts, lines } = await shareWatched(trial, limit, workers);
      const spent = [...efforts.values()];
      // A process may come and go between two looks, and hardly one with more to do.
      trial.must(spent.length > 0 || limit < 80_000, NO_WORKERS);
      const mean = spent.reduce((all, one) => all + one, 0) / workers;
      if (mean < WORTH && limit < 1_000_000) {
        limit *= 2;
        continue;
      }
      const most = Math.max(...spent);
      if (most <= EVEN * mean) break;
      // What else runs here can slow one of them down. Seldom, and hardly twice.
      doubts += 1;
      if (doubts < 2) continue;
      trial.fail({
        saw: `below ${limit} ${workers} workers took ${spent.map((one) => (one / 1000).toFixed(2)).join(', ')} s of processor time.`,
        expected: `about ${(mean / 1000).toFixed(2)} s each: the answer is there when the last one is done.`,
        facts: {
          uneven: {
            rising: spent.every((one, at) => at === 0 || one > (spent[at - 1] ?? 0)),
            idle: lines.filter(({ count }) => count <= 1).length,
          },
        },
      });
    }
  }
}

async function expectOrder(trial: Trial): Promise<void> {
  mustSee(trial);
  const workers = 3;
  const program = await trial.start('share', ['40000', '--workers', `${workers}`]);
  const first = await lookFor(trial, program, () => {
    const [pid] = workersOf(program);
    if (pid === undefined || effortOf(pid) < 20) return undefined;
    send(pid, 'SIGSTOP');
    return pid;
  });
  if (first !== undefined) {
    trial.note(`the first worker is stopped (kill -STOP): ${first}`);
    const others = () => childrenOf(program).filter((pid) => pid !== first);
    // The others are there, and then they are not. If they never come, they wait for the first: that is another matter.
    await lookFor(trial, program, () => others().length > 0 || undefined, 5_000);
    await lookFor(trial, program, () => others().length === 0 || undefined);
    trial.note('the others have ended; the first worker goes on (kill -CONT)');
    send(first, 'SIGCONT');
  }
  await program.ended('when its workers should have been done', LONG_WAIT);
  const { lines } = readShares(trial, program, workers);
  const at = lines.findIndex(({ pid }) => pid === first);
  trial.must(at <= 0, {
    saw: `the worker that was started first, process ${first}, was held up and ended last. Its line is number ${at + 1}, as ${lines[at]?.name}.`,
    expected: 'the first line tells of the worker that was started first, whichever ends first.',
    facts: { arrival: true },
  });
}

async function expectNoSumWithout(trial: Trial): Promise<void> {
  mustSee(trial);
  await expectFailure(trial, await killSecond(trial, 30_000), 'the others had done their work');
  await expectFailure(trial, await killSecond(trial, ENDLESS), 'the others were at work');
}

interface Killing {
  readonly program: Program;
  readonly pids: readonly number[];
}

/** Starts three workers, and kills the second one while it is at work. */
async function killSecond(trial: Trial, limit: number): Promise<Killing> {
  const program = await trial.start('share', [`${limit}`, '--workers', '3']);
  const pids = await workersAt(trial, program, 3);
  // It was done before all of them were at work: once more, with more to do.
  if (pids.length < 3 && program.exit?.code === 0 && limit < 500_000)
    return await killSecond(trial, limit * 4);
  const victim = pids[1] ?? pids[0];
  if (victim === undefined)
    trial.fail({ ...NO_WORKERS, facts: { ...factsOf(program), atOnce: 0 } });
  send(victim, 'SIGSTOP');
  const held = await lookFor(trial, program, () =>
    /[TZX]/.test(stateOf(victim)) ? true : undefined,
  );
  // It was done before it was stopped: once more, with more to do.
  if (!held || stateOf(victim) !== 'T') {
    await program.kill();
    return await killSecond(trial, limit * 2);
  }
  if (limit < ENDLESS) {
    const others = () => childrenOf(program).filter((pid) => pid !== victim);
    await lookFor(trial, program, () => (others().length === 0 ? true : undefined));
  }
  trial.note(`killed (kill -KILL): ${victim}`);
  send(victim, 'SIGKILL');
  return { program, pids };
}

function stateOf(pid: number): string {
  return processRow(pid)?.state ?? 'X';
}

async function expectFailure(
  trial: Trial,
  { program, pids }: Killing,
  meanwhile: string,
): Promise<void> {
  const when = `the second of three workers was killed while ${meanwhile}`;
  await expectEndWith(trial, program, pids, when);
  const { lines } = program.stderr;
  const said = lines.length === 1 && /^share: [甲乙丙]: \S/.test(lines[0] ?? '');
  const right = pids.length < 3 || lines[0]?.startsWith('share: 乙: ') === true;
  const { text } = program.stdout;
  trial.must(program.exit?.code === 1 && said && right && text === '', {
    saw: `${when}; the program ${ending(program)}${text === '' ? '.' : `, and printed ${quoted(program)}`}`,
    expected: 'status 1, nothing on stdout, and one line on stderr: share: 乙: <why>',
    facts: { ...factsOf(program), failedWorker: true, printed: text },
  });
}

async function expectInterrupted(trial: Trial): Promise<void> {
  mustSee(trial);
  for (const way of ['SIGTERM', 'Ctrl+C', 'kill -INT'] as const) {
    const program = await trial.start('share', [`${ENDLESS}`, '--workers', '2']);
    const pids = await workersAt(trial, program, 2);
    const signal = way === 'SIGTERM' ? way : 'SIGINT';
    if (way === 'kill -INT') {
      trial.note(`kill -INT ${program.pid}`);
      send(program.pid, signal);
    } else program.signal(signal);
    await expectEndWith(trial, program, pids, `${signal} came`);
    // It has ended, so this reaches nobody: it tells that an end by this signal was asked for.
    if (way === 'kill -INT') program.signal(signal);
    const { code, signal: by } = program.exit ?? {};
    const status = signal === 'SIGTERM' ? 143 : 130;
    trial.must(code === status || by === signal, {
      saw: `${signal} came; the program ${ending(program)}.`,
      expected: `it ends with status ${status}, or by ${signal} itself.`,
      facts: { ...factsOf(program), badEnd: true },
    });
  }
}

/**
 * The workers of a program once `count` of them have used processor time, in the order in which they were started. Fewer, if
 * they have computed for seconds and the others did not come.
 */
async function workersAt(trial: Trial, program: Program, count: number): Promise<number[]> {
  let working: number[] = [];
  await lookFor(trial, program, () => {
    const efforts = workersOf(program).map((pid) => [pid, effortOf(pid)] as const);
    working = efforts.filter(([, effort]) => effort > 0).map(([pid]) => pid);
    const all = efforts.reduce((sum, [, effort]) => sum + effort, effortOf(program.pid));
    return working.length >= count || all > 3_000 ? true : undefined;
  });
  return working;
}

/** The program ends, and with it the others. */
async function expectEndWith(
  trial: Trial,
  program: Program,
  pids: readonly number[],
  when: string,
): Promise<void> {
  const alive = () => pids.filter((pid) => !hasEnded(pid));
  const looking = setInterval(() => trial.happenings.happened(), 20);
  const over = await trial.happenings
    .rest(() => program.exit !== undefined && alive().length === 0, { patience: 10_000 })
    .finally(() => clearInterval(looking));
  const left = alive().length;
  trial.must(over, {
    saw: `${when}; seconds later ${program.exit ? 'the program has ended' : 'the program is still there'}, and ${left} of its workers ${left === 1 ? 'is' : 'are'} at work.`,
    expected: 'the workers are ended, and then the program ends.',
    facts: { ...factsOf(program), othersLeft: left, running: program.exit === undefined },
  });
}

const NO_WORKERS = {
  saw: 'the program has no process but itself.',
  expected: 'a process of its own for each worker.',
  facts: { atOnce: 0 },
};

function mustSee(trial: Trial): void {
  if (!canSeeChildren()) trial.skip('there is no /proc that tells of processes');
}

// --- words ---

function asked({ limit, from }: Range): string {
  return from > 0 ? `from ${from} below ${limit}` : `below ${limit}`;
}

function inWords({ count, sum }: Tally): string {
  return `${count} primes, sum ${sum}`;
}

/** The primes themselves, where they are few. */
function few(range: Range): string {
  const primes = primesIn(range);
  return primes.length > 0 && primes.length < 6 ? `: ${primes.join(', ')}` : '';
}

function quoted({ stdout: { lines } }: Program): string {
  if (lines.length === 0) return 'nothing on stdout.';
  const last = `"${(lines.at(-1) ?? '').slice(0, 100)}"`;
  return lines.length === 1 ? `${last}.` : `${lines.length} lines, the last one ${last}.`;
}

function ending({ exit, stderr: { lines } }: Program): string {
  const how = exit?.signal ? `was ended by ${exit.signal}` : `ended with status ${exit?.code}`;
  if (lines.length === 0) return how;
  return `${how}, said "${(lines[0] ?? '').slice(0, 100)}"${lines.length > 1 ? ` and ${lines.length - 1} more lines` : ''}`;
}

function ended(program: Program): string {
  return program.exit ? ` The program ${ending(program)}.` : '';
}

function factsOf(program: Program): Partial<Seen> {
  return {
    ...(program.exit ? { exit: program.exit } : {}),
    stderr: program.stderr.text,
  };
}
