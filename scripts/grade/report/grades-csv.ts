// grades.csv: the class as a spreadsheet.
import { stringify } from 'csv-stringify/sync';
import { clean } from '../../../test/harness/bytes.ts';
import type { LessonMark } from '../record.ts';
import { ungradedOf, type ClassReport, type StudentMark } from './class.ts';

/**
 * One line a student (RFC 4180, UTF-8 with a BOM, by which Excel knows it from the local code page). The columns:
 * `student`; the points of each lesson (0 where nothing was handed in, empty where it could not be graded); `total` and `max`
 * points without weights; `percent` with weights and late work, one decimal, empty if nothing could be graded; `ungraded`, the
 * points of `max` that nobody could judge and that `percent` leaves out; `late`, the percentage deducted; `sandbox`.
 *
 * A name that a spreadsheet would take for a formula gets a `'` in front
 * (https://owasp.org/www-community/attacks/CSV_Injection). All texts are quoted: some spreadsheets split at `;` as well.
 */
export function gradesCsv({ students, lessons }: ClassReport): string {
  const head = [
    'student',
    ...lessons.map(({ lesson }) => lesson),
    'total',
    'max',
    'percent',
    'ungraded',
    'late',
    'sandbox',
  ];
  return stringify([head, ...students.map(rowOf)], {
    bom: true,
    escape_formulas: true,
    quoted_string: true,
    quoted_empty: false,
    record_delimiter: 'windows',
  });
}

function rowOf(student: StudentMark): (string | number | undefined)[] {
  const { name, lessons, points, maxPoints, percent, ungradedPoints, lateFactor, record } = student;
  return [
    // A blank or a sign that nobody sees would hide the formula behind it.
    clean(name).trim(),
    ...lessons.map(pointsOf),
    points,
    maxPoints,
    percent === undefined ? undefined : Math.round(percent * 10) / 10,
    ungradedPoints,
    Math.round((1 - lateFactor) * 1000) / 10,
    record.sandbox,
  ];
}

function pointsOf(lesson: LessonMark | undefined): number | undefined {
  if (!lesson || ungradedOf(lesson) >= lesson.maxPoints) return undefined;
  return lesson.points;
}
