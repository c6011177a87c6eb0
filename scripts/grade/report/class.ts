// The class: grade records folded into what the report shows. Everything is counted here and nowhere else.
import { isFailed } from '../../../test/harness/failure.ts';
import { lessons as workbook } from '../../lessons.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../record.ts';

export interface ClassReport {
  /** By name; the same order on every machine. */
  readonly students: readonly StudentMark[];
  /** In the order of the workbook. */
  readonly lessons: readonly LessonSummary[];
  /** The commonest first. */
  readonly diagnoses: readonly DiagnosisCount[];
  /** Failed checks for which no usual cause is known. */
  readonly undiagnosed: number;
  /** Names in the late table that nobody in this class has. */
  readonly strangers: readonly string[];
  readonly weights: ReadonlyMap<string, number>;
}

export interface StudentMark {
  readonly name: string;
  readonly record: GradeRecord;
  /** One for each lesson of the class; undefined where this student was not asked for it. */
  readonly lessons: readonly (LessonMark | undefined)[];
  /** Sums over the lessons, without weights. */
  readonly points: number;
  readonly maxPoints: number;
  /** Points that nobody could judge: not earned, and not lost. */
  readonly ungradedPoints: number;
  /** Of the late work: 1 in time, 0.8 if a fifth is deducted. */
  readonly lateFactor: number;
  /** 0 to 100, weighted and with what is deducted for late work; undefined if nothing could be graded. */
  readonly percent: number | undefined;
}

export interface LessonSummary {
  readonly lesson: string;
  readonly title: string;
  readonly checks: readonly CheckCount[];
  /** The mean percent of those who were graded; who handed in nothing has 0. */
  readonly mean: number | undefined;
}

/** One check over the whole class. */
export interface CheckCount {
  readonly id: string;
  readonly title: string;
  readonly step: number;
  readonly points: number;
  readonly passed: number;
  readonly failed: number;
  /** Nobody could judge it. */
  readonly ungraded: number;
  /** Students who handed in nothing of its lesson. */
  readonly missing: number;
}

export interface DiagnosisCount {
  readonly id: string;
  /** In the words that came most often. */
  readonly cause: string;
  /** Failed checks. */
  readonly count: number;
  readonly lessons: readonly string[];
  readonly students: readonly StudentMark[];
}

export interface ClassOptions {
  /** Lesson → weight, default 1: see weights.ts. */
  readonly weights?: ReadonlyMap<string, number>;
  /** Student → factor, default 1: see late.ts. */
  readonly late?: ReadonlyMap<string, number>;
}

/**
 * Folds the records of a class. A student's percent is Σ w·points ÷ Σ w·(maxPoints − ungradedPoints) × 100, over the
 * lessons that were asked for, with w the weight of the lesson; then times the late factor.
 */
export function foldClass(
  records: readonly GradeRecord[],
  { weights = new Map(), late = new Map() }: ClassOptions = {},
): ClassReport {
  const names = lessonNames(records);
  const students = records
    .map((record) => studentMark(record, names, weights, late.get(nameOf(record)) ?? 1))
    .toSorted((a, b) => byName(a.name, b.name));
  const known = new Set(records.map(nameOf));
  return {
    students,
    lessons: names.map((name, index) => lessonSummary(name, index, students)),
    ...countDiagnoses(students, names),
    strangers: [...late.keys()].filter((name) => !known.has(name)),
    weights,
  };
}

/** Percent of one lesson, 0 to 100; undefined if it was not asked for, or nothing of it could be graded. */
export function lessonPercent(lesson: LessonMark | undefined): number | undefined {
  return lesson && percentOf(lesson.points, lesson.maxPoints - ungradedOf(lesson));
}

/** A lesson that could not be graded has lost nothing, whatever its checks say. */
export function ungradedOf({ state, maxPoints, ungradedPoints }: LessonMark): number {
  return state === 'ungraded' ? maxPoints : ungradedPoints;
}

/** A percentage in whole numbers: only all is 100, only nothing is 0. */
export function wholePercent(percent: number): number {
  if (percent > 99 && percent < 100) return 99;
  return percent > 0 && percent < 1 ? 1 : Math.round(percent);
}

/** The mean, and the middle one, of the percents that there are; undefined if there is none. */
export function meanOf(percents: readonly (number | undefined)[]): number | undefined {
  const known = percents.filter((percent) => percent !== undefined);
  return known.length === 0 ? undefined : sum(known, (percent) => percent) / known.length;
}

export function medianOf(percents: readonly (number | undefined)[]): number | undefined {
  const known = percents.filter((percent) => percent !== undefined).toSorted((a, b) => a - b);
  return meanOf(known.slice(Math.ceil(known.length / 2) - 1, Math.floor(known.length / 2) + 1));
}

function percentOf(points: number, most: number): number | undefined {
  return most > 0 ? Math.min((100 * points) / most, 100) : undefined;
}

/** macOS hands file names over decomposed; tables are typed composed. */
function nameOf({ student }: GradeRecord): string {
  return student.normalize('NFC');
}

const collator = new Intl.Collator('zh-u-co-pinyin', { numeric: true });

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
}

function lessonNames(records: readonly GradeRecord[]): string[] {
  const names = new Set(records.flatMap(({ lessons }) => lessons.map(({ lesson }) => lesson)));
  const known = workbook.map(({ name }) => name).filter((name) => names.has(name));
  return [...known, ...[...names].filter((name) => !known.includes(name)).toSorted()];
}

function studentMark(
  record: GradeRecord,
  names: readonly string[],
  weights: ReadonlyMap<string, number>,
  lateFactor: number,
): StudentMark {
  const weigh = ({ lesson }: LessonMark) => weights.get(lesson) ?? 1;
  const earned = sum(record.lessons, (lesson) => weigh(lesson) * earnedIn(lesson));
  const most = sum(
    record.lessons,
    (lesson) => weigh(lesson) * (lesson.maxPoints - ungradedOf(lesson)),
  );
  const percent = percentOf(earned, most);
  return {
    name: record.student,
    record,
    lessons: names.map((name) => record.lessons.find(({ lesson }) => lesson === name)),
    points: sum(record.lessons, earnedIn),
    maxPoints: sum(record.lessons, ({ maxPoints }) => maxPoints),
    ungradedPoints: sum(record.lessons, ungradedOf),
    lateFactor,
    percent: percent === undefined ? undefined : percent * lateFactor,
  };
}

function earnedIn({ state, points }: LessonMark): number {
  return state === 'ungraded' ? 0 : points;
}

function lessonSummary(
  lesson: string,
  index: number,
  students: readonly StudentMark[],
): LessonSummary {
  const marks = students.flatMap(({ lessons }) => lessons[index] ?? []);
  return {
    lesson,
    title: marks[0]?.title ?? lesson,
    checks: countChecks(marks),
    mean: meanOf(marks.map(lessonPercent)),
  };
}

/** In the order of the lesson. */
function countChecks(marks: readonly LessonMark[]): CheckCount[] {
  const counts = new Map<string, { -readonly [Key in keyof CheckCount]: CheckCount[Key] }>();
  for (const { id, title, step, points } of marks.flatMap(({ checks }) => checks)) {
    const zero = { passed: 0, failed: 0, ungraded: 0, missing: 0 };
    if (!counts.has(id)) counts.set(id, { id, title, step, points, ...zero });
  }
  for (const { state, checks } of marks) {
    // Such a lesson may list no check at all: it counts for each of them.
    if (state !== 'graded') {
      for (const count of counts.values()) count[state] += 1;
      continue;
    }
    for (const check of checks) {
      const count = counts.get(check.id);
      if (count) count[endingOf(check)] += 1;
    }
  }
  return [...counts.values()].toSorted((a, b) => a.step - b.step);
}

function endingOf({ verdict }: CheckMark): 'passed' | 'failed' | 'ungraded' {
  if (verdict === 'passed') return 'passed';
  return isFailed(verdict) ? 'failed' : 'ungraded';
}

function countDiagnoses(
  students: readonly StudentMark[],
  names: readonly string[],
): Pick<ClassReport, 'diagnoses' | 'undiagnosed'> {
  const found = new Map<
    string,
    { causes: string[]; lessons: Set<string>; students: Set<StudentMark> }
  >();
  let undiagnosed = 0;
  for (const student of students) {
    for (const { lesson, state, checks } of student.record.lessons) {
      for (const { verdict, diagnosis } of checks) {
        if (state !== 'graded' || !isFailed(verdict)) continue;
        if (!diagnosis) {
          undiagnosed += 1;
          continue;
        }
        const { id, cause } = diagnosis;
        const entry = found.get(id) ?? { causes: [], lessons: new Set(), students: new Set() };
        found.set(id, entry);
        entry.causes.push(cause);
        entry.lessons.add(lesson);
        entry.students.add(student);
      }
    }
  }
  const diagnoses = [...found].map(([id, { causes, lessons, students }]) => ({
    id,
    cause: commonest(causes),
    count: causes.length,
    lessons: names.filter((name) => lessons.has(name)),
    students: [...students],
  }));
  const rank = (one: DiagnosisCount) => one.students.length * 1e6 + one.count;
  diagnoses.sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
  return { diagnoses, undiagnosed };
}

/** Of several that come equally often the one that came first. */
function commonest(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [first = ['', 0]] = [...counts].toSorted(([, a], [, b]) => b - a);
  return first[0] as string;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
