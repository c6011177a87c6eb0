// The suite: all checks of a lesson on one subject, step by step, folded into one result.
import { availableParallelism } from 'node:os';
import { runCheck, type Check, type CheckResult, type LessonChecks } from './check.ts';
import { holdsUp, isFailed, isUngraded } from './failure.ts';
import type { Subject } from './trial.ts';

export interface StepResult {
  readonly number: number;
  readonly title: string;
  /** `open`: not tried, because an earlier step failed, or not judged, because of trouble in the workbook itself. */
  readonly state: 'passed' | 'failed' | 'open';
}

export interface LessonResult {
  readonly lesson: string;
  readonly seed: string;
  readonly steps: readonly StepResult[];
  /** How many steps, from the first on, have passed without a gap. */
  readonly passedSteps: number;
  readonly points: number;
  readonly maxPoints: number;
  /** Points of checks that did not judge the program (verdicts `infra` and `skipped`): not earned, and not lost. */
  readonly ungraded: number;
  /** Results of the checks that were run, in their order. */
  readonly checks: readonly CheckResult[];
  /** Milliseconds. */
  readonly duration: number;
}

export interface SuiteOptions {
  readonly seed: string;
  /** `all` for marks; `until-failure` for a learner: what comes after the first step that fails is not tried yet. */
  readonly extent: 'all' | 'until-failure';
  /** Only the checks with these ids. */
  readonly only?: readonly string[];
  /** How many checks of a step at the same time; default {@link JOBS}. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  /** Hears each result as soon as it is there, in the order of the checks. */
  readonly onResult?: (result: CheckResult) => void;
}

/** A check mostly waits for its program to start: a few at a time answer sooner, more than the cores can carry would not. */
export const JOBS = Math.min(Math.max(availableParallelism(), 2), 4);

/** Runs the checks of a lesson. Throws only `Cancelled` (check.ts). */
export async function runSuite(
  lesson: LessonChecks,
  subject: Subject,
  options: SuiteOptions,
): Promise<LessonResult> {
  const began = performance.now();
  const { seed, extent, only, jobs = JOBS, signal, onResult } = options;
  const chosen = lesson.checks.filter(({ id }) => !only || only.includes(id));
  const results: CheckResult[] = [];
  for (const step of new Set(chosen.map((check) => check.step))) {
    const checks = chosen.filter((check) => check.step === step);
    await inOrder(
      checks,
      jobs,
      (check) => runCheck(lesson, check, subject, signal ? { seed, signal } : { seed }),
      (result) => {
        results.push(result);
        onResult?.(result);
      },
    );
    if (extent === 'until-failure' && results.some(({ verdict }) => holdsUp(verdict))) break;
  }
  return fold(lesson, results, seed, performance.now() - began);
}

/** Folds results into the state of the lesson. */
export function fold(
  lesson: LessonChecks,
  checks: readonly CheckResult[],
  seed: string,
  duration: number,
): LessonResult {
  const steps = lesson.steps.map((title, index): StepResult => {
    const own = lesson.checks.filter(({ step }) => step === index + 1);
    const done = checks.filter(({ step }) => step === index + 1);
    const failed = done.some(({ verdict }) => isFailed(verdict));
    const passed = done.filter(({ verdict }) => verdict === 'passed').length;
    const skipped = done.filter(({ verdict }) => verdict === 'skipped').length;
    const all = passed > 0 && passed + skipped === own.length;
    const state = failed ? 'failed' : all ? 'passed' : 'open';
    return { number: index + 1, title, state };
  });
  const gap = steps.findIndex(({ state }) => state !== 'passed');
  return {
    lesson: lesson.lesson,
    seed,
    steps,
    passedSteps: gap === -1 ? steps.length : gap,
    points: checks.reduce((sum, { earned }) => sum + earned, 0),
    ungraded: checks.reduce(
      (sum, { verdict, points }) => sum + (isUngraded(verdict) ? points : 0),
      0,
    ),
    maxPoints: lesson.checks.reduce((sum, { points }) => sum + points, 0),
    checks,
    duration: Math.round(duration),
  };
}

/** Runs up to `jobs` at once, and hands the results on in the order of the items. */
async function inOrder<Item extends Check, Result>(
  items: readonly Item[],
  jobs: number,
  run: (item: Item) => Promise<Result>,
  hand: (result: Result) => void,
): Promise<void> {
  const running: Promise<Result>[] = [];
  let next = 0;
  try {
    for (let at = 0; at < items.length; at += 1) {
      while (next < items.length && next < at + jobs) {
        const started = run(items[next] as Item);
        // A later one may be cancelled while an earlier one is awaited.
        started.catch(() => {});
        running.push(started);
        next += 1;
      }
      hand(await (running[at] as Promise<Result>));
    }
  } finally {
    await Promise.allSettled(running);
  }
}
