// The test cases of a grade record: what every adapter lists, one for each check, in words that are safe to show.
// A lesson that has no checks to show (missing, or not graded at all) is one test case, so that points always add up.
import { clean } from '../../../test/harness/bytes.ts';
import { isFailed, isUngraded, type Verdict } from '../../../test/harness/failure.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../record.ts';

export interface TestCase {
  /** `tcp-echo/echo`; `tcp-echo` where a whole lesson is one test case. */
  readonly id: string;
  readonly student: string;
  readonly lesson: string;
  readonly lessonTitle: string;
  /** `2.3`: lesson and check, both from 1. */
  readonly number: string;
  /** Unique within its lesson: some readers drop a name that they have seen. */
  readonly name: string;
  readonly stepTitle?: string;
  readonly verdict: Verdict | 'missing';
  /** False: points are not earned and not lost, and no format may show them as 0. */
  readonly graded: boolean;
  readonly points: number;
  readonly maxPoints: number;
  readonly attempts: number;
  /** Milliseconds. */
  readonly duration: number;
  /** One line: what was seen, or why there is nothing to see. Empty for a check that passed. */
  readonly message: string;
  /** All there is to read, in lines of text, each part cut to `most` columns; nothing if that is 0, or if the check passed. */
  text(most: number): string;
}

/** All test cases of a record, in the order of the workbook. */
export function testCasesOf(record: GradeRecord): TestCase[] {
  return record.lessons.flatMap((lesson, at) => casesOfLesson(record, lesson, at + 1));
}

/** Points over test cases. `maxPoints` holds only what was graded; `ungradedPoints` is what comes on top of it. */
export function pointsOf(cases: readonly TestCase[]): {
  readonly points: number;
  readonly maxPoints: number;
  readonly ungradedPoints: number;
} {
  const sum = (some: readonly TestCase[], of: (one: TestCase) => number) =>
    some.reduce((total, one) => total + of(one), 0);
  const graded = cases.filter((one) => one.graded);
  return {
    points: sum(graded, ({ points }) => points),
    maxPoints: sum(graded, ({ maxPoints }) => maxPoints),
    ungradedPoints: sum(
      cases.filter((one) => !one.graded),
      ({ maxPoints }) => maxPoints,
    ),
  };
}

/** `85 of 100 points; 15 more could not be graded and are not lost.` */
export function pointsInWords(cases: readonly TestCase[]): string {
  const { points, maxPoints, ungradedPoints } = pointsOf(cases);
  const more = `${ungradedPoints} more could not be graded and are not lost`;
  return `${points} of ${maxPoints} points${ungradedPoints > 0 ? `; ${more}` : ''}.`;
}

/** What concerns the submission as a whole, in lines: what was not graded and why, files that were not accepted, how it was graded. */
export function notesOf(record: GradeRecord, most: number): string[] {
  const { refused, sandbox, suite, seed } = record;
  const shown = refused.slice(0, MOST_REFUSED);
  return [
    ...shown.map(({ path, why }) => `Not accepted: ${safe(path, 200)}: ${safe(why, most)}`),
    ...(refused.length > shown.length ? [`… and ${refused.length - shown.length} more.`] : []),
    `Graded with sandbox ${sandbox}, seed ${safe(seed, 80)}, suite ${safe(suite.slice(0, 12), 12)}.`,
  ];
}

/** A text of a submission on one line, with nothing in it that a terminal would obey; at most `most` columns. */
export function safe(text: string, most: number): string {
  // Cut first: cleaning takes its time with a text of any length, and most texts need none.
  const cut = text.slice(0, most + 1);
  return cut.length <= most && /^[ -~]*$/.test(cut) ? cut : clean(cut, most);
}

/**
 * What `write` makes with texts as long as `limit` bytes allow, or else without any: a reader refuses a whole file for its
 * size, and points matter more than words.
 */
export function fitting(
  limit: number,
  cases: readonly TestCase[],
  write: (most: number) => string,
): string {
  const wordy = cases.filter(({ message }) => message !== '').length;
  // A test case takes some 250 bytes; a wordy one 800 more, and up to three texts of three bytes a character.
  const each = Math.floor(((limit - cases.length * 250) / Math.max(wordy, 1) - 800) / 9);
  let most = Math.min(Math.max(each, 0), MOST_TEXT);
  let content = write(most);
  while (Buffer.byteLength(content) > limit && most > 0) {
    most = Math.floor(most / 4);
    content = write(most);
  }
  return content;
}

/** Characters of one text, however much room there is: longer, nobody reads it. */
const MOST_TEXT = 4_000;
const MOST_NAME = 200;
const MOST_MESSAGE = 300;
const MOST_REFUSED = 20;

function casesOfLesson(record: GradeRecord, mark: LessonMark, number: number): TestCase[] {
  const cases = mark.checks.map((check, at) =>
    caseOfCheck(record, mark, check, `${number}.${at + 1}`),
  );
  const rest = restOf(record, mark, `${number}.${cases.length + 1}`);
  return withUniqueNames(rest ? [...cases, rest] : cases);
}

function caseOfCheck(
  record: GradeRecord,
  mark: LessonMark,
  check: CheckMark,
  number: string,
): TestCase {
  const { verdict, attempts, duration, step } = check;
  return {
    ...partsOf(record, mark, number),
    id: check.id,
    name: safe(check.title, MOST_NAME),
    stepTitle: safe(`step ${step}: ${check.stepTitle}`, MOST_NAME),
    verdict,
    graded: !isUngraded(verdict),
    points: check.earned,
    maxPoints: check.points,
    attempts,
    duration,
    message: messageOf(check),
    text: (most) => (most === 0 ? '' : linesOf(check, mark.lesson, record.seed, most).join('\n')),
  };
}

/** What the checks of a lesson do not account for: all of it if it is missing, or what could not be graded. */
function restOf(record: GradeRecord, mark: LessonMark, number: string): TestCase | undefined {
  const points = mark.maxPoints - mark.checks.reduce((sum, check) => sum + check.points, 0);
  if (points <= 0) return undefined;
  const missing = mark.state === 'missing';
  const message = missing
    ? 'No file of this lesson was handed in, or the starters are untouched.'
    : notGraded(mark.why ?? 'the grader did not say why');
  return {
    ...partsOf(record, mark, number),
    id: mark.lesson,
    name: safe(mark.title, MOST_NAME),
    verdict: missing ? 'missing' : 'infra',
    graded: missing,
    points: 0,
    maxPoints: points,
    attempts: 1,
    duration: mark.checks.length > 0 ? 0 : mark.duration,
    message,
    text: (most) => (most === 0 ? '' : message),
  };
}

function partsOf({ student }: GradeRecord, { lesson, title }: LessonMark, number: string) {
  return {
    student: safe(student, MOST_NAME),
    lesson,
    lessonTitle: safe(title, MOST_NAME),
    number,
  };
}

function withUniqueNames(cases: readonly TestCase[]): TestCase[] {
  return cases.map((one) => {
    const twice = cases.filter(({ name }) => name === one.name).length > 1;
    return twice ? { ...one, name: `${one.name} (${one.id})` } : one;
  });
}

function messageOf({ verdict, saw = '', trouble = '' }: CheckMark): string {
  if (verdict === 'infra') return notGraded(trouble);
  if (verdict === 'skipped')
    return safe(
      `Not graded, no points are lost: this machine lacks something: ${trouble}`,
      MOST_MESSAGE,
    );
  if (!isFailed(verdict)) return '';
  return safe(verdict === 'failed' ? saw : `${verdict}: ${saw}`, MOST_MESSAGE);
}

function notGraded(trouble: string): string {
  return safe(
    `Not graded, no points are lost: the grader itself had trouble, not the program: ${trouble}`,
    MOST_MESSAGE,
  );
}

/** The words of a failed check, as test/harness/report.ts says them, without breaking lines and without colours. */
function linesOf(check: CheckMark, lesson: string, seed: string, most: number): string[] {
  const { id, step, verdict, saw, expected, bytes, diagnosis, lookAt, picture } = check;
  if (!isFailed(verdict)) return [messageOf(check)].filter((line) => line !== '');
  const at = lookAt?.step ?? step;
  const hint = lookAt?.hint === undefined ? '' : `, rung ${lookAt.hint}`;
  return [
    ...(verdict === 'failed' ? [] : [`Verdict:     ${verdict}`]),
    `Saw:         ${safe(saw ?? '', most)}`,
    `Expected:    ${safe(expected ?? '', most)}`,
    ...(bytes ?? []).slice(0, 4).map((line) => `    ${safe(line, Math.min(most, 120))}`),
    ...(diagnosis ? [`Usual cause: ${safe(diagnosis.cause, most)}`] : []),
    `Look at:     step ${at} of its README; a hint: npm run ex -- hint ${lesson} ${at}${hint}`,
    `Again:       npm run ex -- ${lesson} --test --check ${id.replace(`${lesson}/`, '')} --seed ${safe(seed, 80)}`,
    ...(picture && most >= 1_000 ? drawing(picture) : []),
  ];
}

/** Characters. A ladder is there to be looked at: one that is cut says nothing, so it is all of it or none. */
const MOST_PICTURE = 8_000;

function drawing(picture: readonly string[]): string[] {
  const text = picture.map((line) => safe(line, 120)).join('\n');
  return text.length <= MOST_PICTURE ? ['', text.replace(/^\n+/, '')] : [];
}
