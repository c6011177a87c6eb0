// A contest: two or more ways to do the same work, measured in turn within one run, so that whatever else the machine is
// doing disturbs all of them alike. What counts is the ratio within each round, not the times of different minutes.
import { cpus, totalmem } from 'node:os';

export interface Contender {
  readonly name: string;
  /** Does the work once and returns what it took, in `unit`. */
  measure(): Promise<number>;
  /** What is said beside its figures in the end: the peak of its memory, a percentile. */
  aside?(): string;
  /** Set if it cannot take part here: what is not installed. */
  readonly missing?: string | undefined;
}

export interface Contest {
  readonly name: string;
  readonly unit: string;
  /** True if a larger figure is better (a rate), false for times. */
  readonly higherIsBetter: boolean;
  /** The first one is ours, the others are what a user would take instead. */
  readonly contenders: readonly Contender[];
  /** At least 7. */
  readonly rounds: number;
  /** What the project has promised, in words. */
  readonly target?: string;
  /** Set if it cannot be held here: what is not installed. */
  readonly missing?: string | undefined;
}

/** Some contests, made ready; `close` ends what they have started. */
export interface Bench {
  readonly contests: readonly Contest[];
  /** What is counted, not compared: tells its table line by line, and throws if a count is not what it has to be. */
  count?(tell: (line: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Runs a contest and returns its table, line by line. `progress` hears of each finished round. */
export async function hold(contest: Contest, progress: (done: number) => void): Promise<string[]> {
  if (contest.missing !== undefined) return [`${contest.name}: skipped, ${contest.missing}`];
  const present = contest.contenders.filter(({ missing }) => missing === undefined);
  const absent = contest.contenders.filter(({ missing }) => missing !== undefined);
  const figures = present.map(() => [] as number[]);
  for (const contender of present) await contender.measure(); // the first time warms caches, and is not counted
  for (let round = 0; round < contest.rounds; round += 1) {
    for (const [index, contender] of present.entries())
      figures[index]?.push(await contender.measure());
    progress(round + 1);
  }
  const ours = figures[0] ?? [];
  return [
    `${contest.name} (${contest.rounds} rounds, ${contest.unit}, ${contest.higherIsBetter ? 'higher' : 'lower'} is better)`,
    ...present.map(({ name, aside }, index) => {
      const own = figures[index] ?? [];
      const ratio =
        index === 0
          ? ''
          : `   ours is ${spread(
              own.map((value, round) => advantage(ours[round] ?? NaN, value, contest)),
              2,
            )} times as good`;
      const figure = spread(own, own.some((value) => value < 10) ? 2 : 0).padEnd(24);
      return `  ${name.padEnd(34)} ${figure}${ratio}${aside ? `   (${aside()})` : ''}`;
    }),
    ...absent.map(({ name, missing }) => `  ${name.padEnd(34)} skipped: ${missing}`),
    ...(contest.target ? [`  target: ${contest.target}`] : []),
  ];
}

function advantage(ours: number, theirs: number, { higherIsBetter }: Contest): number {
  return higherIsBetter ? ours / theirs : theirs / ours;
}

/** `median [min-max]`. */
export function spread(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => (sorted[index] ?? NaN).toFixed(digits);
  return `${at(Math.floor(sorted.length / 2))} [${at(0)}-${at(sorted.length - 1)}]`;
}

/** The machine that the figures hold for, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.versions.node}`;
}
