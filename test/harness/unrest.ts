// Unrest: what a program does while it has nothing to do. A loop that asks again and again is told from one that sleeps by
// looks into /proc, and not by a clock: on a busy machine both get on slowly. Linux only.
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sleepsOf } from './effort.ts';
import { processRow } from './proc.ts';
import type { Program } from './program.ts';
import type { Trial } from './trial.ts';

export interface Unrest {
  /** True if it was at work, or waited for the processor, at most of the looks. */
  readonly runs: boolean;
  /** How often it woke up and fell asleep again, in about a second. */
  readonly wakes: number;
}

const LOOKS = 25;
/** Milliseconds from one look to the next. */
const SPAN = 40;

/** Looks at a program that should sleep by now. */
export async function unrestOf({ happenings }: Trial, program: Program): Promise<Unrest> {
  await happenings.rest();
  const before = sleepsOf(program.pid);
  let running = 0;
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(SPAN);
    if (processRow(program.pid)?.state === 'R') running += 1;
  }
  return { runs: running > LOOKS / 2, wakes: Math.max(0, sleepsOf(program.pid) - before) };
}

/** How many sockets a process has open; undefined where nobody tells. */
export function socketsOf(pid: number): number | undefined {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return links.filter((link) => link.startsWith('socket:')).length;
  } catch (error) {
    return none(error, undefined);
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    return none(error, '');
  }
}

/** It may be closed, or have ended, between two looks. */
function none<T>(error: unknown, nothing: T): T {
  if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
    return nothing;
  throw error;
}
