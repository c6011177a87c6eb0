// Grades one submission: a pure step, a submission in, one record out. Nothing is read but what was accepted of it, nothing is
// written; whatever is made of records (tables, pages, other systems' files) is made elsewhere.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { TIME_LIMIT } from '../../test/harness/check.ts';
import { loadChecks, type Lesson } from '../lessons.ts';
import { foundationOf, type Foundation } from '../prove/foundation.ts';
import { isUntouched, treeOf, type LessonFiles } from './intake/lesson-files.ts';
import type { Accepted } from './intake/accept.ts';
import type { Brief, Verdicts } from './judge.ts';
import {
  judgementOf,
  type CheckMark,
  type GradeRecord,
  type LessonMark,
  type Level,
} from './record.ts';
import { startWard, type Slot, type Ward } from './sandbox.ts';

/** By what a submission is graded. */
export interface Suite {
  readonly lessons: readonly Lesson[];
  /** By the name of the lesson: what each check rests on. */
  readonly foundations: ReadonlyMap<string, Foundation>;
  /** SHA-256 over all of it. */
  readonly hash: string;
}

export interface GradeOptions {
  readonly suite: Suite;
  readonly level: Level;
  readonly slot: Slot;
  readonly seed: string;
  readonly signal: AbortSignal;
  /** What was found out before: what its checks said still counts where nothing has changed. */
  readonly before?: GradeRecord;
}

/** A record, and the checks that have to be tried once more, alone: time was over, or something of ours broke. */
export interface Draft {
  readonly record: GradeRecord;
  readonly doubtful: readonly Doubtful[];
}

export interface Doubtful {
  readonly lesson: string;
  readonly checks: readonly string[];
}

/** Thrown when `signal` is aborted. */
export class Interrupted extends Error {}

/** How long a judge may take for one check, in milliseconds, with what it needs to start and to clear up. */
const PATIENCE = TIME_LIMIT + 60_000;

export async function suiteOf(lessons: readonly Lesson[]): Promise<Suite> {
  const foundations = new Map<string, Foundation>();
  const hash = createHash('sha256');
  for (const lesson of lessons) {
    const foundation = await foundationOf(lesson);
    foundations.set(lesson.name, foundation);
    for (const [check, { failed }] of foundation.checks)
      hash.update(`${lesson.name}/${check} ${failed}\n`);
  }
  return { lessons, foundations, hash: hash.digest('hex') };
}

/**
 * Grades a submission, and what is doubtful a second time at once: for a machine that does nothing else meanwhile. Rejects with
 * {@link Interrupted}, or if the sandbox cannot be set up at all.
 */
export async function gradeOne(
  student: string,
  accepted: Accepted,
  options: GradeOptions,
): Promise<GradeRecord> {
  const draft = await gradeFirst(student, accepted, options);
  return gradeAgain(draft, accepted, options);
}

/** The first time: every check once. */
export async function gradeFirst(
  student: string,
  accepted: Accepted,
  options: GradeOptions,
): Promise<Draft> {
  const { suite, level, seed } = options;
  const marks: LessonMark[] = [];
  const doubtful: Doubtful[] = [];
  for (const lesson of suite.lessons) {
    const files = accepted.lessons.get(lesson.name);
    if (accepted.unreadable !== undefined || !files || isUntouched(lesson.name, files)) {
      marks.push(notGraded(lesson, accepted.unreadable));
      continue;
    }
    const began = performance.now();
    const known = stillTrue(lesson, accepted, options);
    const all = loadChecks(lesson).checks.map(({ id }) => id);
    const open = all.filter((id) => !known.has(id));
    const found = await judge(lesson, files, open, options);
    const checks = all.map(
      (id): CheckMark => known.get(id) ?? markOf(found.get(id) as Verdicts, 1, suite, lesson),
    );
    const again = open.filter((id) => isDoubtful(found.get(id) as Verdicts));
    if (again.length > 0) doubtful.push({ lesson: lesson.name, checks: again });
    marks.push(lessonMark(lesson, checks, performance.now() - began));
  }
  return {
    record: withJudgement({
      version: 1,
      student,
      at: new Date().toISOString(),
      submission: accepted.hash,
      suite: suite.hash,
      seed,
      sandbox: level,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      refused: accepted.refused,
      lessons: marks,
    }),
    doubtful,
  };
}

/** The second time: what is doubtful, and nothing else. What it says then counts. */
export async function gradeAgain(
  { record, doubtful }: Draft,
  accepted: Accepted,
  options: GradeOptions,
): Promise<GradeRecord> {
  let lessons = record.lessons;
  for (const { lesson: name, checks: again } of doubtful) {
    const lesson = options.suite.lessons.find((one) => one.name === name);
    const files = accepted.lessons.get(name);
    if (!lesson || !files) throw new Error(`${name} is not of this submission`);
    const began = performance.now();
    const found = new Map<string, Verdicts>();
    // Each in a sandbox of its own: what a program does to the judge in one check must not cost it the others.
    for (const check of again)
      for (const [id, verdict] of await judge(lesson, files, [check], options))
        found.set(id, verdict);
    lessons = lessons.map((mark) => {
      if (mark.lesson !== name) return mark;
      const checks = mark.checks.map((check) => {
        const verdict = found.get(check.id.replace(`${name}/`, ''));
        return verdict ? markOf(verdict, 2, options.suite, lesson) : check;
      });
      return lessonMark(lesson, checks, mark.duration + performance.now() - began);
    });
  }
  return withJudgement({ ...record, lessons });
}

function withJudgement(record: Omit<GradeRecord, 'judgement'>): GradeRecord {
  return { ...record, judgement: judgementOf(record) };
}

/** What is in a record of before and would come out the same: same files, same seed, same sandbox, and nothing in the check has changed. */
function stillTrue(
  { name }: Lesson,
  { hash }: Accepted,
  { before, suite, seed, level }: GradeOptions,
): ReadonlyMap<string, CheckMark> {
  if (before?.submission !== hash || before.seed !== seed || before.sandbox !== level)
    return new Map();
  const checks = before.lessons.find(({ lesson }) => lesson === name)?.checks ?? [];
  return new Map(
    checks
      .map((check) => [check.id.replace(`${name}/`, ''), check] as const)
      .filter(([id, { basis, verdict }]) => {
        const keys = suite.foundations.get(name)?.checks.get(id);
        return verdict !== 'infra' && basis !== undefined && basis === keys?.failed;
      }),
  );
}

function isDoubtful({ verdict, byClock }: Verdicts): boolean {
  return verdict === 'infra' || byClock;
}

function markOf(
  { byClock: _, ...verdict }: Verdicts,
  attempts: number,
  { foundations }: Suite,
  lesson: Lesson,
): CheckMark {
  const id = verdict.id.replace(`${lesson.name}/`, '');
  const basis = foundations.get(lesson.name)?.checks.get(id)?.failed;
  return { ...verdict, attempts, ...(basis === undefined ? {} : { basis }) };
}

function lessonMark(lesson: Lesson, checks: readonly CheckMark[], duration: number): LessonMark {
  const broken = checks.filter(({ verdict }) => verdict === 'infra');
  const all = broken.length === checks.length;
  const sum = (of: (check: CheckMark) => number) =>
    checks.reduce((total, check) => total + of(check), 0);
  return {
    lesson: lesson.name,
    title: lesson.title,
    state: all ? 'ungraded' : 'graded',
    ...(all ? { why: broken[0]?.trouble ?? 'nothing could be judged' } : {}),
    points: sum(({ earned }) => earned),
    maxPoints: sum(({ points }) => points),
    ungradedPoints: sum(({ verdict, points }) =>
      verdict === 'infra' || verdict === 'skipped' ? points : 0,
    ),
    checks,
    duration: Math.round(duration),
  };
}

/** `unreadable`: nobody knows what is in the submission; otherwise there is nothing of this lesson. */
function notGraded(lesson: Lesson, unreadable: string | undefined): LessonMark {
  const maxPoints = loadChecks(lesson).checks.reduce((sum, { points }) => sum + points, 0);
  return {
    lesson: lesson.name,
    title: lesson.title,
    state: unreadable === undefined ? 'missing' : 'ungraded',
    ...(unreadable === undefined ? {} : { why: `the submission cannot be read: ${unreadable}` }),
    points: 0,
    maxPoints,
    ungradedPoints: unreadable === undefined ? 0 : maxPoints,
    checks: [],
    duration: 0,
  };
}

/** Has a judge hold `checks` against the files of one lesson. There is an answer for each; if need be `infra`. */
async function judge(
  lesson: Lesson,
  files: LessonFiles,
  checks: readonly string[],
  { level, slot, seed, signal }: GradeOptions,
): Promise<ReadonlyMap<string, Verdicts>> {
  const found = new Map<string, Verdicts>();
  if (checks.length === 0) return found;
  if (signal.aborted) throw new Interrupted();
  const ward = await startWard(level, slot);
  const stop = () => ward.kill();
  signal.addEventListener('abort', stop, { once: true });
  try {
    ward.stdin.end(
      JSON.stringify({
        lesson: lesson.name,
        files: [...treeOf(lesson.name, files)].map(([path, bytes]) => [
          path,
          bytes.toString('base64'),
        ]),
        seed,
        checks,
      } satisfies Brief),
    );
    for await (const verdict of answersOf(ward)) found.set(verdict.id.split('/')[1] ?? '', verdict);
  } finally {
    signal.removeEventListener('abort', stop);
    ward.kill();
  }
  // Only now, when all of it is dead, does what it has said count.
  await ward.gone;
  if (signal.aborted) throw new Interrupted();
  const { checks: declared, steps } = loadChecks(lesson);
  for (const { id, title, step, points } of declared) {
    if (!checks.includes(id) || found.has(id)) continue;
    const stepTitle = steps[step - 1] ?? '';
    const trouble = `the judge did not answer: ${ward.trouble()}`;
    const place = { id: `${lesson.name}/${id}`, title, step, stepTitle };
    found.set(id, {
      ...place,
      points,
      earned: 0,
      verdict: 'infra',
      byClock: false,
      duration: 0,
      trouble,
    });
  }
  return found;
}

/** Ends with the judge's last answer, or when it has not answered for too long. */
async function* answersOf(ward: Ward): AsyncGenerator<Verdicts> {
  const lines = createInterface({ input: ward.answers })[Symbol.asyncIterator]();
  for (;;) {
    const late = new AbortController();
    const next = await Promise.race([
      lines.next(),
      sleep(PATIENCE, undefined, { signal: late.signal, ref: false }).catch(() => undefined),
    ]);
    late.abort();
    if (!next || next.done) return;
    yield JSON.parse(next.value) as Verdicts;
  }
}
