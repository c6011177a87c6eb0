// The children: each copies its range in a process of its own (copy-range.ts), and all of them at the same time.
//
// The task: steps 2 to 4 of README.md beside this file.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { todo } from '#todo';

/** What one child has to do: the bytes from `start` up to, but not including, `end` go to position `at` of the target. */
export interface Job {
  /** How it is called when it is told of. */
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/** One half was not copied. The message says which, and why. Of use from step 4 on. */
export class CopyFailed extends Error {}

/** SIGINT (Ctrl+C) or SIGTERM came while the children were copying. The message is its name. Of use from step 4 on. */
export class Interrupted extends Error {}

/**
 * Runs a child for each job, all at the same time, and returns their process ids once all have ended with status 0.
 * If one fails, or a signal comes, the others are ended too. Throws {@link CopyFailed} or {@link Interrupted}, and not
 * before all have ended: nobody writes to the targets any more.
 */
export async function copyAtOnce(jobs: readonly Job[]): Promise<number[]> {
  // TODO: step 2: start a child for each job, and wait until it has ended: start() and failure() below.
  // TODO: step 3: the children run at the same time: start all of them before you wait for the first, and wait for all.
  // TODO: step 4: a child that failed: kill() the others. Wait until all have ended, then throw new CopyFailed() with a
  //   message of the form `<name of the job>: <why>`. What fails after the first one was ended by you: it is not the cause.
  // TODO: step 4: SIGINT or SIGTERM: kill() all children, wait until they have ended, and throw new Interrupted(signal).
  //   Listen before the first child is started, and stop listening when all have ended.
  todo('step 2: start the children, and wait for them');
}

/** Prints a line for each job that is done. */
export function report(jobs: readonly Job[], pids: readonly number[]): void {
  // TODO: step 3: print `<name>: <number of bytes> bytes by process <pid>` for each job, in their order.
}

/** Done for you: starts a child. What it says on stderr can be read from `child.stderr`. */
function start({ source, target, start, end, at }: Job): ChildProcess {
  const range = ['--start', `${start}`, '--end', `${end}`, '--at', `${at}`];
  // Behind `--` everything is a file name, also one that begins with a dash. What the child has to say is read here.
  return fork(new URL('./copy-range.ts', import.meta.url), [...range, '--', source, target], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** Waits for the end of a child. Returns why it failed, or undefined if it did not. */
async function failure(child: ChildProcess): Promise<string | undefined> {
  // TODO: step 2: wait for the event 'close' of the child, and return undefined for now.
  // TODO: step 4: 'close' brings its exit status and the signal that ended it. If the status is not 0, return what the child
  //   said on stderr (read it while you wait: text() above does it), its line end cut off: .trim(). If it said nothing, return
  //   how it ended.
  todo('step 2: wait for the end of the child');
}
