// The workers: each adds the primes of its range in a process of its own (primes.ts), and all of them at the same time.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What one worker has to do: the numbers from `from` up to, but not including, `limit`. */
export interface Share {
  /** How the worker is called when it is told of. */
  readonly name: string;
  readonly from: number;
  readonly limit: number;
}

/** What a worker has found. */
export interface Found {
  readonly name: string;
  readonly count: number;
  readonly sum: number;
  readonly pid: number;
}

/** A worker did not give its answer. The message says which, and why. */
export class WorkerFailed extends Error {}

/** SIGINT (Ctrl+C) or SIGTERM came while the workers were at work. The message is its name. */
export class Interrupted extends Error {}

/**
 * Starts a worker for each share, all at the same time, and returns what they have found, in the order of the shares.
 * If one fails, or a signal comes, the others are ended too: a sum that lacks a part is wrong. Throws {@link WorkerFailed}
 * or {@link Interrupted}, and not before all workers have ended.
 */
export async function work(shares: readonly Share[]): Promise<Found[]> {
  let trouble: Error | undefined;
  const workers: ChildProcess[] = [];
  const stop = (why: Error) => {
    trouble ??= why; // the first one is the cause; what fails after it was ended from here
    for (const worker of workers) worker.kill();
  };
  const interrupt = (signal: NodeJS.Signals) => stop(new Interrupted(signal));
  process.on('SIGTERM', interrupt);
  // Each call goes on to its first await, so all workers are started before the first answer is waited for. Promise.all keeps
  // the order of the shares, whichever worker is done first.
  const answers = await Promise.all(
    shares.map(async (share) => {
      const worker = start(share);
      workers.push(worker);
      const answer = await answerOf(worker, share.name);
      if (answer instanceof WorkerFailed) stop(answer);
      return answer;
    }),
  );
  process.off('SIGTERM', interrupt);
  if (trouble) throw trouble;
  return answers.filter((answer) => 'sum' in answer);
}

function start({ from, limit }: Share): ChildProcess {
  // stderr is inherited: what a worker has to complain of is seen in the terminal.
  return fork(new URL('./primes.ts', import.meta.url), [`${limit}`, '--from', `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** Waits for the end of a worker. Returns what it has found, or why there is no answer. */
async function answerOf(worker: ChildProcess, name: string): Promise<Found | WorkerFailed> {
  // 'close' comes after 'exit', when its stdout has been read to the end as well.
  const [[status, signal], said] = await Promise.all([
    once(worker, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    worker.stdout ? text(worker.stdout) : '',
  ]);
  if (signal) return new WorkerFailed(`${name}: ended by ${signal}`);
  const [, count, sum] = said.match(/^(\d+) primes, sum (\d+)\n$/) ?? [];
  if (status !== 0 || sum === undefined)
    return new WorkerFailed(`${name}: ended with status ${status}, without an answer`);
  return { name, count: Number(count), sum: Number(sum), pid: worker.pid ?? 0 };
}
