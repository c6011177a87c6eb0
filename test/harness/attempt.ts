// One attempt at one check with small programs given as text: what the harness's own tests are made of. Whatever the check
// does, no process and no file of its trial may be left afterwards.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { runCheck, type CheckResult, type Diagnosis } from './check.ts';
import { overlay } from './overlay.ts';
import type { Subject, Trial } from './trial.ts';

export interface AttemptOptions {
  readonly diagnoses?: readonly Diagnosis[];
  readonly timeLimit?: number;
  readonly signal?: AbortSignal;
  readonly seed?: string;
}

/** Sources by file name: `{ 'server.ts': '…' }`. */
export type Sources = Readonly<Record<string, string>>;

/** Runs `check` on programs with these sources, in a lesson of its own, and proves that nothing is left of it. */
export async function attempt(
  sources: Sources,
  check: (trial: Trial) => Promise<void>,
  { diagnoses = [], timeLimit = 20_000, signal, seed = '1f2e' }: AttemptOptions = {},
): Promise<CheckResult> {
  let root = '';
  try {
    return await runCheck(
      { lesson: 'attempt', steps: ['The one step'], checks: [], diagnoses },
      {
        id: 'check',
        step: 1,
        points: 1,
        title: 'does what this test is about',
        timeLimit,
        run(trial) {
          root = dirname(trial.directory);
          return check(trial);
        },
      },
      await subjectOf(sources),
      signal ? { seed, signal } : { seed },
    );
  } finally {
    if (root !== '') {
      expect(processesOf(root)).toEqual([]);
      expect(existsSync(root)).toBe(false);
    }
  }
}

/** A directory with these sources, from which `#todo` and packages resolve. It goes with the run. */
export async function subjectOf(sources: Sources): Promise<Subject> {
  const directory = await overlay('attempt', new Map(Object.entries(sources)));
  return { directory, reference: directory };
}

/** Names the processes in whose environment `text` stands, such as the root of a trial, whatever else became of them. */
export function processesOf(text: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (!environment.includes(text)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return [];
      throw error;
    }
  });
}
