// PrairieLearn: the `results.json` of one student. https://prairielearn.readthedocs.io/en/latest/externalGrading/#grading-results
import type { GradeRecord } from '../record.ts';
import {
  fitting,
  notesOf,
  pointsInWords,
  pointsOf,
  testCasesOf,
  type TestCase,
} from './test-case.ts';

/** Bytes: "this file should be limited to 1 MB"; some of them are left for what the grader wraps around it. */
const MOST = 1_000_000 - 20_000;

/**
 * The content of /grade/results/results.json. `score` is a fraction of the points that were graded.
 *
 * What was not graded counts 0 of 0 points, which PrairieLearn shows in grey (a test without points would hide the points
 * of all). If nothing was graded, `gradable` is false: no attempt is used up, no points are awarded or lost.
 */
export function prairielearn(record: GradeRecord): string {
  const cases = testCasesOf(record);
  const { points, maxPoints } = pointsOf(cases);
  const gradable = maxPoints > 0;
  return fitting(MOST, cases, (most) => {
    const result = {
      gradable,
      ...(gradable
        ? { score: points / maxPoints }
        : { format_errors: cases.map(({ lesson, message }) => `${lesson}: ${message}`) }),
      message: pointsInWords(cases),
      output: notesOf(record, most).join('\n'),
      tests: cases.map((one) => test(one, most)),
    };
    return `${JSON.stringify(result, null, 1)}\n`;
  });
}

function test(one: TestCase, most: number): object {
  const { lesson, lessonTitle, stepTitle, name, graded, points, maxPoints } = one;
  return {
    name: `${lesson}: ${name}`,
    description: stepTitle ? `${lessonTitle}, ${stepTitle}` : lessonTitle,
    points,
    max_points: graded ? maxPoints : 0,
    message: one.message,
    output: one.text(most),
  };
}
