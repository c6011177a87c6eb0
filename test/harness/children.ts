// The children of a program under check: seen in /proc while they live, stopped and let go on. A child that is stopped by
// SIGSTOP makes a program wait, or shows that it does not, with no clock involved. Linux only; elsewhere there are none.
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { Failure } from './failure.ts';
import {
  carries,
  childrenOf as processChildren,
  hasEnded,
  hasSignal,
  processRow,
  read,
} from './proc.ts';
import type { Program } from './program.ts';
import { currentRun } from './run.ts';
import type { Trial } from './trial.ts';

/** False where nobody can see children: a check that needs them is skipped. */
export function canSeeChildren(): boolean {
  return existsSync('/proc/self/stat');
}

/** The children of a program that run or stand still, in the order in which they were started. */
export function childrenOf(program: Program): number[] {
  const pids =
    processChildren(program.pid) ??
    program
      .family()
      .filter(({ parent }) => parent === program.pid)
      .map(({ pid }) => pid);
  return pids.filter((pid) => !hasEnded(pid)).sort((a, b) => a - b);
}

/**
 * True if a process has ended, or will as soon as it may go on: a stopped one takes no signal but SIGKILL, and the others
 * are kept for it.
 */
export function isDoomed(pid: number): boolean {
  if (hasEnded(pid)) return true;
  return DEADLY.some(
    (signal) => hasSignal(pid, 'SigPnd', signal) || hasSignal(pid, 'ShdPnd', signal),
  );
}

const DEADLY = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGTERM'] as const;

/** True if the program has waited for a child of its own that has ended: such a child's page faults are added to it. */
export function hasReaped({ pid }: Program): boolean {
  const stat = read(`/proc/${pid}/stat`) ?? '';
  // The fields behind the command, which may hold spaces itself; cminflt is the 11th of all, see proc_pid_stat(5).
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[8] ?? 0) > 0;
}

/**
 * Stops (SIGSTOP) those children that `choose` picks, as soon as it picks any; it is asked every millisecond, with those
 * that may be stopped. Returns them once the kernel has stopped them, or why there are none: one of them had ended before,
 * the program has ended, or all programs sleep.
 */
export async function stopChildren(
  trial: Trial,
  program: Program,
  choose: (alive: readonly number[]) => readonly number[],
): Promise<readonly number[] | 'too fast' | 'ended' | 'asleep'> {
  const chosen = await watch(trial, program, () => {
    const alive = childrenOf(program).filter((pid) => mayBeStopped(trial, program, pid));
    const pids = choose(alive);
    for (const pid of pids) send(pid, 'SIGSTOP');
    return pids.length > 0 ? pids : undefined;
  });
  if (typeof chosen === 'string') return chosen;
  const states = () => chosen.map((pid) => processRow(pid)?.state ?? 'X');
  const settled = () => states().every((state) => 'TZX'.includes(state)) || undefined;
  await watch(trial, program, settled);
  if (!states().every((state) => state === 'T')) return 'too fast';
  tell(trial, 'stopped (kill -STOP)', 'SIGSTOP', chosen);
  return chosen;
}

/**
 * True once a child may be stopped. Between fork and exec it may not: it is still its parent's program then, and the parent
 * waits for it. A child that stays in that program shows that it is at work by a file of the trial that it has open.
 */
function mayBeStopped(trial: Trial, program: Program, pid: number): boolean {
  const own = read(`/proc/${program.pid}/cmdline`);
  const its = read(`/proc/${pid}/cmdline`);
  if (own !== its) return its !== undefined && its !== '';
  try {
    return readdirSync(`/proc/${pid}/fd`).some((file) =>
      readlinkSync(`/proc/${pid}/fd/${file}`).startsWith(`${trial.directory}/`),
    );
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** Lets stopped children go on (SIGCONT). */
export function letGoOn(trial: Trial, pids: readonly number[]): void {
  if (pids.length === 0) return;
  tell(trial, 'lets go on (kill -CONT)', 'SIGCONT', pids);
  for (const pid of pids) send(pid, 'SIGCONT');
}

/** Kills a child (SIGKILL), as the kernel does it when memory is short. */
export function killChild(trial: Trial, pid: number): void {
  tell(trial, 'killed (kill -KILL)', 'SIGKILL', [pid]);
  send(pid, 'SIGKILL');
}

/**
 * Looks every millisecond until `probe` finds something. Resolves with that, or with `ended` if the program ended first,
 * or with `asleep` if all programs sleep (see waiting.ts): then it never comes.
 */
export async function watch<T>(
  { happenings }: Trial,
  program: Program,
  probe: () => T | undefined,
): Promise<T | 'ended' | 'asleep'> {
  let found: T | undefined;
  let failed: { readonly error: unknown } | undefined;
  const looking = setInterval(() => {
    try {
      found ??= probe();
    } catch (error) {
      failed = { error };
    }
    if (found !== undefined || failed) happenings.happened();
  }, 1);
  try {
    return await happenings.until(
      () => {
        if (failed) throw failed.error;
        return found ?? (program.exit ? 'ended' : undefined);
      },
      () => new Asleep(),
      { patience: 20_000 },
    );
  } catch (error) {
    if (error instanceof Asleep) return 'asleep';
    throw error;
  } finally {
    clearInterval(looking);
  }
}

class Asleep extends Error {}

function tell(trial: Trial, what: string, signal: string, pids: readonly number[]): void {
  const sent = pids.map((pid) => ({ pid, signal }));
  const note = `${what}: ${pids.join(' and ')}`;
  trial.exchange.record({ kind: 'note', from: 'check', note, sent });
}

/**
 * Sends a signal to a process that may have ended. Throws a {@link Failure} if it is none of this run's: a check may know the
 * number from what a student's program has printed, and that can be any number.
 */
export function send(pid: number, name: NodeJS.Signals): void {
  const isOurs = carries(pid, currentRun().mark);
  if (pid <= 1 || (!isOurs && !hasEnded(pid)))
    throw new Failure({
      saw: `process ${pid} is named, which the program did not start.`,
      expected: 'the process ids are those of its own processes.',
      facts: { foreign: pid },
    });
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
}
