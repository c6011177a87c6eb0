// The children: each copies its range in a process of its own (copy-range.ts), and all of them at the same time.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

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

/** One half was not copied. The message says which, and why. */
export class CopyFailed extends Error {}

/** SIGINT (Ctrl+C) or SIGTERM came while the children were copying. The message is its name. */
export class Interrupted extends Error {}

/**
 * Runs a child for each job, all at the same time, and returns their process ids once all have ended with status 0.
 * If one fails, or a signal comes, the others are ended too. Throws {@link CopyFailed} or {@link Interrupted}, and not
 * before all have ended: nobody writes to the targets any more.
 */
export async function copyAtOnce(jobs: readonly Job[]): Promise<number[]> {
  let trouble: Error | undefined;
  const children: ChildProcess[] = [];
  const stop = (why: Error) => {
    trouble ??= why; // the first one is the cause; what fails after it was ended from here
    for (const child of children) child.kill();
  };
  const interrupt = (signal: NodeJS.Signals) => {
    for (const child of children) child.kill();
    throw new Interrupted(signal);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // All are started before the first one is waited for: that is what makes them run at the same time.
  for (const job of jobs) children.push(start(job));
  await Promise.all(
    children.map(async (child, index) => {
      const why = await failure(child);
      if (why !== undefined) stop(new CopyFailed(`${jobs[index]?.name}: ${why}`));
    }),
  );
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  if (trouble) throw trouble;
  return children.map(({ pid = 0 }) => pid);
}

/** Prints a line for each job that is done. */
export function report(jobs: readonly Job[], pids: readonly number[]): void {
  jobs.forEach(({ name, start, end }, index) =>
    console.log(`${name}: ${end - start} bytes by process ${pids[index]}`),
  );
}

function start({ source, target, start, end, at }: Job): ChildProcess {
  const range = ['--start', `${start}`, '--end', `${end}`, '--at', `${at}`];
  // Behind `--` everything is a file name, also one that begins with a dash. What the child has to say is read here.
  return fork(new URL('./copy-range.ts', import.meta.url), [...range, '--', source, target], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

/** Waits for the end of a child. Returns why it failed, or undefined if it did not. */
async function failure(child: ChildProcess): Promise<string | undefined> {
  try {
    // 'close' comes after 'exit', when its stderr has been read to the end as well.
    const [[status, signal], words] = await Promise.all([
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
      child.stderr ? text(child.stderr) : '',
    ]);
    if (status === 0) return undefined;
    return words.trim() || (signal ? `ended by ${signal}` : `ended with status ${status}`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return `cannot be started: ${code}`;
  }
}
