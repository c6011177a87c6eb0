// The children, by the real fork(): each is a copy of this process that goes on where it was forked, and copies its range.
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { constants } from 'node:os';
import {
  _exit,
  fork,
  kill,
  pipe,
  SIG_DFL,
  signal,
  waitpid,
  WEXITSTATUS,
  WIFEXITED,
  WNOHANG,
  WTERMSIG,
} from '#posix';
import { copyRange, type Job } from './range.ts';

export type { Job } from './range.ts';

/** How a child has failed that was ended by Ctrl+C. */
const CTRL_C = 'ended by SIGINT';

/** One half was not copied. The message says which, and why. */
export class CopyFailed extends Error {}

/** SIGINT (Ctrl+C) or SIGTERM came while the children were copying. The message is its name. */
export class Interrupted extends Error {}

interface Child {
  readonly pid: number;
  readonly job: Job;
  /** Where it writes why it failed: the read end of a pipe. */
  readonly words: number;
}

/** Runs a child for each job, all at the same time: see the solution. */
export async function copyAtOnce(jobs: readonly Job[]): Promise<number[]> {
  let trouble: Error | undefined;
  const children: Child[] = [];
  const running = new Set<Child>();
  const stop = (why: Error) => {
    trouble ??= why;
    for (const { pid } of running) kill(pid, 'SIGTERM');
  };
  const interrupt = (name: NodeJS.Signals) => stop(new Interrupted(name));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  for (const job of jobs) children.push(start(job));
  for (const child of children) running.add(child);
  const stay = setInterval(() => {}, 2 ** 30); // the event loop knows of no children, and would end the program
  // wait() would block this process, and Ctrl+C with it: so the kernel tells when there is something to wait for. Two
  // children that end together may be told of once, and one that ended before anybody listened not at all.
  for (let ended = once(process, 'SIGCHLD'); running.size > 0; ended = once(process, 'SIGCHLD')) {
    for (const child of running) {
      const [pid, status] = waitpid(child.pid, WNOHANG);
      if (pid === 0) continue;
      running.delete(child);
      const why = failure(child, status);
      // Ctrl+C goes to all of them. A child may be dead of it before this process has heard it.
      if (why === CTRL_C) interrupt('SIGINT');
      else if (why !== undefined) stop(new CopyFailed(`${child.job.name}: ${why}`));
    }
    if (running.size > 0) await ended;
  }
  clearInterval(stay);
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
  if (trouble) throw trouble;
  return children.map(({ pid }) => pid);
}

/** Prints a line for each job that is done. */
export function report(jobs: readonly Job[], pids: readonly number[]): void {
  jobs.forEach(({ name, start, end }, index) =>
    console.log(`${name}: ${end - start} bytes by process ${pids[index]}`),
  );
}

function start(job: Job): Child {
  const [readEnd, writeEnd] = pipe();
  const pid = fork();
  if (pid === 0) becomeChild(job, writeEnd);
  closeSync(writeEnd); // or nobody would ever read its end: as long as somebody could write, there is none
  return { pid, job, words: readEnd };
}

/** The child has the listeners of its parent, too. They wait for an event loop that it does not come to. */
function becomeChild(job: Job, words: number): never {
  signal('SIGINT', SIG_DFL);
  signal('SIGTERM', SIG_DFL);
  try {
    copyRange(job);
    _exit(0);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    writeSync(words, `${path ?? job.target}: ${code}`);
    _exit(1);
  }
}

function failure({ words }: Child, status: number): string | undefined {
  const said = readFileSync(words, 'utf8');
  closeSync(words);
  if (!WIFEXITED(status)) return `ended by ${nameOf(WTERMSIG(status))}`;
  return WEXITSTATUS(status) === 0 ? undefined : said || `ended with status ${WEXITSTATUS(status)}`;
}

function nameOf(signal: number): string {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name ?? `signal ${signal}`;
}
