// Classroom 50: the `result.json` of one student. https://github.com/foundation50/classroom50/wiki/Advanced-Autograding
import { UserError } from '../../user-error.ts';
import type { GradeRecord } from '../record.ts';
import { fitting, pointsOf, testCasesOf, type TestCase } from './test-case.ts';

/** Bytes: MAX_RESULT_BYTES of its collect_scores.py is 10 MiB; the release it is shown in wants to be short. */
const MOST = 1024 * 1024;

/**
 * The content of ./result.json, schema `classroom50/result/v1`, with the identity that its runner hands over in `env`.
 *
 * What was not graded counts 0 of 0 points and is said to be so in its `output`; whoever calls this ends with a status
 * other than 0 if the grader had trouble, and the runner makes an error of it that takes no points. Scores are integers:
 * where points have fractions, all of them are hundredths.
 *
 * @throws UserError if a variable is missing: it was not called by Classroom 50
 */
export function classroom50(
  record: GradeRecord,
  { env = process.env }: { readonly env?: Readonly<Record<string, string | undefined>> } = {},
): string {
  const cases = testCasesOf(record);
  const scale = cases.every(areWhole) ? 1 : 100;
  const whole = (points: number) => Math.round(points * scale);
  // Sums of rounded points, so that they are what the tests add up to.
  const rounded = cases.map((one) => ({
    ...one,
    points: whole(one.points),
    maxPoints: whole(one.maxPoints),
  }));
  const { points, maxPoints } = pointsOf(rounded);
  const commit = needed(env, 'COMMIT_URL');
  const at = record.at.replace(/\.\d+Z$/, 'Z');
  const identity = {
    schema: 'classroom50/result/v1',
    classroom: needed(env, 'CLASSROOM'),
    assignment: needed(env, 'ASSIGNMENT'),
    assignment_type: env.ASSIGNMENT_TYPE || 'individual',
    owner: env.OWNER || needed(env, 'USERNAME'),
    submission: needed(env, 'SUBMISSION_TAG'),
    commit,
    release: needed(env, 'RELEASE_URL'),
    review: env.REVIEW_URL || commit,
    // The runner puts the date of the commit in its place.
    datetime: at,
    graded_at: at,
  };
  return fitting(MOST, rounded, (most) => {
    const tests = rounded.map((one) => test(one, most));
    return `${JSON.stringify({ ...identity, score: points, 'max-score': maxPoints, tests }, null, 1)}\n`;
  });
}

function test(one: TestCase, most: number): object {
  const { id, lesson, name, graded, points, maxPoints, verdict } = one;
  return {
    'test-name': `${lesson}: ${name}${graded ? '' : ' (not graded)'}`,
    passed: graded && points === maxPoints,
    score: points,
    'max-score': graded ? maxPoints : 0,
    id,
    verdict,
    output: one.text(most),
  };
}

function areWhole({ points, maxPoints }: TestCase): boolean {
  return Number.isInteger(points) && Number.isInteger(maxPoints);
}

function needed(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (!value)
    throw new UserError(
      `the format classroom50 is for its runner, which sets ${name}; here it is not set`,
    );
  return value;
}
