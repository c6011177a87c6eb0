// The workers: each adds the primes of its range in a process of its own (primes.ts), and all of them at the same time.
//
// The task: steps 4 and 5 of README.md beside this file.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { todo } from '#todo';

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

/** SIGINT (Ctrl+C) or SIGTERM came while the workers were at work. The message is its name. Of use from step 5 on. */
export class Interrupted extends Error {}

/**
 * Starts a worker for each share, all at the same time, and returns what they have found, in the order of the shares.
 * If one fails, or a signal comes, the others are ended too: a sum that lacks a part is wrong. Throws {@link WorkerFailed}
 * or {@link Interrupted}, and not before all workers have ended.
 */
export async function work(shares: readonly Share[]): Promise<Found[]> {
  // TODO: step 4: start a worker for each share: start() below. All of them run before you wait for the first. Then wait for
  //   all (answerOf() below), and return their answers in the order of the shares.
  // TODO: step 5: a worker that failed: kill() the others. Wait until all have ended, then throw its WorkerFailed. What fails
  //   after the first one was ended by you: it is not the cause.
  // TODO: step 5: SIGINT or SIGTERM: kill() all workers, wait until they have ended, and throw new Interrupted(signal). Listen
  //   before the first worker is started, and stop listening when all have ended.
  todo('step 4: start the workers, and wait for them');
}

/** Done for you: starts a worker. What it prints can be read from `worker.stdout`. */
function start({ from, limit }: Share): ChildProcess {
  // stderr is inherited: what a worker has to complain of is seen in the terminal.
  return fork(new URL('./primes.ts', import.meta.url), [`${limit}`, '--from', `${from}`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** Waits for the end of a worker. Returns what it has found, or why there is no answer. */
async function answerOf(worker: ChildProcess, name: string): Promise<Found | WorkerFailed> {
  // TODO: step 4: wait for the event 'close' of the worker, and read all that it prints meanwhile: text() above does it. Take
  //   the two numbers from its line.
  // TODO: step 5: 'close' brings an exit status and a signal. Return a WorkerFailed with the message `<name>: <why>` if a signal
  //   has ended it, if the status is not 0, or if it said something else. Until then throw an error, if you like.
  todo('step 4: wait for the answer of a worker');
}
