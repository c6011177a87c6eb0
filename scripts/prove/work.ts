// The work: specimens under check, several at a time, each record kept as soon as it is there.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCheck, type Check, type CheckResult } from '../../test/harness/check.ts';
import { isFailed } from '../../test/harness/failure.ts';
import { overlay } from '../../test/harness/overlay.ts';
import { newSeed } from '../../test/harness/trial.ts';
import { loadChecks, placesOf, root } from '../lessons.ts';
import type { Foundation } from './foundation.ts';
import { keep, saidKey, type Record, type Said } from './records.ts';
import type { Specimen } from './specimens.ts';

export interface Task {
  readonly specimen: Specimen;
  readonly foundation: Foundation;
  /** What was said of it before and still holds. */
  readonly before: Record;
  /** The checks to be run. */
  readonly checks: readonly Check[];
}

export interface WorkOptions {
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onRecord: (task: Task, record: Record) => void;
}

/** Does all tasks. Throws `Cancelled` when the signal is aborted; what was done by then is kept. */
export async function work(tasks: readonly Task[], options: WorkOptions): Promise<void> {
  const next = tasks.values();
  const worker = async () => {
    for (const task of next) {
      const record = await examine(task, options.signal);
      await keep(task.specimen, record);
      options.onRecord(task, record);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
}

/** Runs `body` while every core is kept busy by something else. */
export async function whileBusy<T>(body: () => Promise<T>): Promise<T> {
  // Each one ends by itself when its input does: whatever becomes of this process, none is left behind.
  const spin = `process.stdin.on('end', () => process.exit()).resume();
    (function turn() { for (const end = Date.now() + 20; Date.now() < end;); setImmediate(turn); })();`;
  const loads = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', spin], { stdio: ['pipe', 'ignore', 'ignore'], detached: true }),
  );
  try {
    return await body();
  } finally {
    await Promise.all(
      loads.map(
        (load) =>
          new Promise((resolve) => {
            load.once('exit', resolve);
            load.kill();
          }),
      ),
    );
  }
}

async function examine(task: Task, signal: AbortSignal): Promise<Record> {
  const { specimen, before, checks: chosen } = task;
  const { lesson, kind, layers } = specimen;
  const checks = loadChecks(lesson);
  const subject = {
    directory: await overlay(lesson.name, ...layers),
    reference: join(root, placesOf(lesson).solution),
  };
  const seed = newSeed();
  const said = [...before.said];
  for (const check of kind === 'mutant' ? likelyFirst(chosen) : chosen) {
    let result = await runCheck(checks, check, subject, { seed, signal });
    // A mutant that ran out of time was perhaps only slow, beside all the others: it is dead when it does so twice.
    if (kind === 'mutant' && result.byClock)
      result = await runCheck(checks, check, subject, { seed, signal });
    said.push(wordOf(check.id, result, task));
    // One check that notices a mutant is enough.
    if (kind === 'mutant' && isFailed(result.verdict)) {
      kills.set(check, (kills.get(check) ?? 0) + 1);
      break;
    }
  }
  await rm(join(subject.directory, '..', '..'), { recursive: true, force: true });
  return { key: before.key, said };
}

function wordOf(check: string, result: CheckResult, { specimen, foundation }: Task): Said {
  const { verdict, saw, trouble, diagnosis, duration } = result;
  return {
    check,
    verdict,
    duration,
    key: saidKey(specimen, foundation, { check, verdict }) ?? '',
    ...(saw === undefined ? {} : { saw }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(diagnosis === undefined ? {} : { diagnosis: diagnosis.id }),
  };
}

/** How many mutants each check has caught. */
const kills = new Map<Check, number>();

/** The checks that have caught most come first: most mutants are dead after one or two. */
function likelyFirst(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => (kills.get(b) ?? 0) - (kills.get(a) ?? 0));
}
