// Gradescope: the `results.json` of one student. https://gradescope-autograders.readthedocs.io/en/latest/specs/
import type { GradeRecord } from '../record.ts';
import {
  fitting,
  notesOf,
  pointsInWords,
  pointsOf,
  testCasesOf,
  type TestCase,
} from './test-case.ts';

/** Bytes. Gradescope names no limit; a page with more than this is not read by anybody. */
const MOST = 1024 * 1024;

/**
 * The content of /autograder/results/results.json.
 *
 * What was not graded has neither `score` nor `max_score` nor `status`: by the specification a test needs no score where
 * the top level has one, and it is the top-level score that counts. If nothing was graded there is no score at all:
 * Gradescope has no word for "ungraded" but a result that it cannot take, and then a person has to look.
 */
export function gradescope(record: GradeRecord): string {
  const cases = testCasesOf(record);
  const graded = cases.some((one) => one.graded);
  return fitting(MOST, cases, (most) =>
    json({
      ...(graded ? { score: pointsOf(cases).points } : {}),
      // Seconds.
      execution_time: Math.round(cases.reduce((sum, { duration }) => sum + duration, 0) / 1000),
      output: [pointsInWords(cases), ...notesOf(record, most)].join('\n'),
      output_format: 'text',
      test_output_format: 'text',
      test_name_format: 'text',
      visibility: 'visible',
      // What run_autograder prints is for the instructor.
      stdout_visibility: 'hidden',
      extra_data: {
        submission: record.submission,
        suite: record.suite,
        seed: record.seed,
        sandbox: record.sandbox,
        node: record.node,
        platform: record.platform,
        graded_at: record.at,
        ungraded_points: pointsOf(cases).ungradedPoints,
      },
      tests: cases.map((one) => test(one, most)),
    }),
  );
}

function test(one: TestCase, most: number): object {
  const { id, lesson, lessonTitle, name, number, graded, points, maxPoints, verdict } = one;
  return {
    name: `${lesson}: ${name}${graded ? '' : ' (not graded)'}`,
    number,
    ...(graded
      ? { score: points, max_score: maxPoints, status: points === maxPoints ? 'passed' : 'failed' }
      : {}),
    output: one.text(most),
    tags: [lesson],
    visibility: 'visible',
    extra_data: {
      id,
      lesson_title: lessonTitle,
      verdict,
      attempts: one.attempts,
      points: maxPoints,
    },
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
