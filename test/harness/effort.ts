// Effort: the processor time that the kernel has counted for a process, read from /proc while it lives. It tells how much work
// was done, and by whom, on a machine that is busy with other things, too: a clock on the wall cannot. Linux only.
import { childrenOf, hasEnded, processRow, read } from './proc.ts';
import { send } from './children.ts';
import type { Program } from './program.ts';
import type { Trial } from './trial.ts';

/** Milliseconds in a clock tick of /proc. */
const TICK = 10;

/** Milliseconds of processor time of a process, all its threads together; 0 once it is gone. */
export function effortOf(pid: number): number {
  return (processRow(pid)?.cpu ?? 0) * TICK;
}

/**
 * Looks every few milliseconds until `probe` finds something, and resolves with that; with undefined if the program has ended,
 * if nothing more can happen, or after `patience` milliseconds.
 */
export async function lookFor<T>(
  { happenings }: Trial,
  program: Program,
  probe: () => T | undefined,
  patience = 60_000,
): Promise<T | undefined> {
  let found: { readonly what: T } | undefined;
  const look = () => {
    const what = found ? undefined : probe();
    if (what === undefined) return;
    found = { what };
    happenings.happened();
  };
  const looking = setInterval(look, 2);
  const enough = () => found !== undefined || program.exit !== undefined;
  await happenings.rest(enough, { patience }).finally(() => clearInterval(looking));
  return found?.what;
}

/** Waits for the end of a program, but not longer than it takes it to use `most` milliseconds of processor time. */
export async function spends(trial: Trial, program: Program, most: number): Promise<number> {
  let spent = 0;
  await lookFor(trial, program, () => {
    spent = Math.max(spent, effortOf(program.pid));
    return spent > most ? true : undefined;
  });
  return spent;
}

/**
 * The processor time of each child of a program, in milliseconds, in the order in which they were started, once all have ended.
 *
 * As soon as there are `count` children the program is stopped (SIGSTOP): what ends then stays a zombie, which the kernel keeps
 * with its figures until somebody waits for it. If the children need their parent in order to go on, it is let go on, and what
 * was seen last is what counts.
 */
export async function effortsOfChildren(
  trial: Trial,
  program: Program,
  count: number,
): Promise<Map<number, number>> {
  const efforts = new Map<number, number>();
  let stopped = false;
  const look = () => {
    const pids = (childrenOf(program.pid) ?? []).sort((a, b) => a - b);
    for (const pid of pids) efforts.set(pid, Math.max(efforts.get(pid) ?? 0, effortOf(pid)));
    if (!stopped && pids.length >= count && pids.every((pid) => effortOf(pid) > 0)) {
      stopped = true;
      send(program.pid, 'SIGSTOP');
    }
    return stopped && pids.every(hasEnded) ? true : undefined;
  };
  await lookFor(trial, program, look);
  if (stopped) send(program.pid, 'SIGCONT');
  await lookFor(trial, program, () => void look());
  return efforts;
}

/**
 * How often the main thread of a process has gone to sleep by itself: to wait for a timer, a file, a lock. Work that is
 * interrupted by others does not count. See proc_pid_status(5).
 */
export function sleepsOf(pid: number): number {
  const status = read(`/proc/${pid}/task/${pid}/status`) ?? '';
  return Number(status.match(/^voluntary_ctxt_switches:\s+(\d+)$/m)?.[1] ?? 0);
}
