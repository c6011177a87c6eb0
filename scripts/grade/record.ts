// The grade record: everything that grading one submission has found out, as data. Whatever is written for people or for
// other systems (tables, pages, adapters) is made from records alone; nothing else is kept.
import { createHash } from 'node:crypto';
import type { Verdict } from '../../test/harness/failure.ts';

/** How a student's program was kept apart from the grader while it ran: see sandbox.ts. */
export type Level = 'namespaces' | 'user' | 'none';

/**
 * One submission, graded. The same submission, suite and seed give the same record but for `at`, `duration`, and what the
 * kernel chose or the moment decided where a failed check tells what it saw: times, port and process numbers, how many bytes
 * had come by then. `judgement` is over the rest.
 */
export interface GradeRecord {
  readonly version: 1;
  /** The name of the folder or archive, cleaned: see submissions.ts. */
  readonly student: string;
  /** When it was graded, ISO 8601. */
  readonly at: string;
  /** SHA-256 over the files that were accepted: what was graded. */
  readonly submission: string;
  /** SHA-256 over checks, harness, solutions and runtime: by what it was graded. */
  readonly suite: string;
  readonly seed: string;
  readonly sandbox: Level;
  readonly node: string;
  readonly platform: string;
  /** Files and entries that were not accepted, each with the reason. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  /** In the order of the workbook; every lesson that was asked for. */
  readonly lessons: readonly LessonMark[];
  /** See {@link judgementOf}: two records that say the same of the same have the same. */
  readonly judgement: string;
}

/**
 * `graded`: points count. `missing`: the submission has no file of it, or only untouched starters; 0 points.
 * `ungraded`: something broke on our side, also when it was tried again alone; no points are lost, a person has to look.
 */
export interface LessonMark {
  readonly lesson: string;
  readonly title: string;
  readonly state: 'graded' | 'missing' | 'ungraded';
  /** For `ungraded`: what broke. */
  readonly why?: string;
  readonly points: number;
  readonly maxPoints: number;
  /** Points of checks that judged nothing (verdict `infra` or `skipped`): not earned, and not lost. */
  readonly ungradedPoints: number;
  readonly checks: readonly CheckMark[];
  /** Milliseconds. */
  readonly duration: number;
}

export interface CheckMark {
  /** `tcp-echo/echo`. */
  readonly id: string;
  readonly title: string;
  /** The step of the lesson, from 1, and its title. */
  readonly step: number;
  readonly stepTitle: string;
  readonly points: number;
  readonly earned: number;
  readonly verdict: Verdict;
  /** Stands for everything in the workbook that this word rests on: see prove/foundation.ts. */
  readonly basis?: string;
  /** How often it was run: 2 if a time-out or trouble on our side was tried again, alone. */
  readonly attempts: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The words of a failed check, as `npm run ex` says them. May hold what a student's program printed: never trusted, see clean(). */
  readonly saw?: string;
  readonly expected?: string;
  readonly bytes?: readonly string[];
  readonly diagnosis?: { readonly id: string; readonly cause: string };
  readonly lookAt?: { readonly step: number; readonly hint?: number };
  /** For `infra`: what broke. For `skipped`: what the machine lacks. */
  readonly trouble?: string;
  /** The ladder and the timeline of a failed check, drawn as text, 80 columns, without colours. */
  readonly picture?: readonly string[];
}

/** SHA-256 over what was graded and by what, what was refused, and of each check its verdict, its points and its diagnosis. */
export function judgementOf(record: Omit<GradeRecord, 'judgement'>): string {
  const { student, submission, suite, seed, sandbox, refused, lessons } = record;
  const words = lessons.map(({ lesson, state, checks }) => [
    lesson,
    state,
    ...checks.map(({ id, verdict, points, earned, diagnosis, lookAt }) => [
      id,
      verdict,
      points,
      earned,
      diagnosis?.id,
      lookAt,
    ]),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([student, submission, suite, seed, sandbox, refused, words]))
    .digest('hex');
}

/** Points of a record over all its lessons, without weights. */
export function totalOf({ lessons }: GradeRecord): {
  readonly points: number;
  readonly maxPoints: number;
  readonly ungradedPoints: number;
} {
  const sum = (of: (lesson: LessonMark) => number) =>
    lessons.reduce((total, lesson) => total + of(lesson), 0);
  return {
    points: sum(({ points }) => points),
    maxPoints: sum(({ maxPoints }) => maxPoints),
    ungradedPoints: sum(({ ungradedPoints }) => ungradedPoints),
  };
}
