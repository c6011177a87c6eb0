// CTRF, the Common Test Report Format, of one student or of a class. https://www.ctrf.io/docs/specification/root
import type { GradeRecord } from '../record.ts';
import { fitting, pointsOf, testCasesOf, type TestCase } from './test-case.ts';

/** Bytes. CTRF names no limit; this is what JUnit's readers take. */
const MOST = 29_000_000;

/**
 * Test cases with their points in `labels`. What was not graded has the status `skipped` (this machine lacks something) or
 * `other` (trouble of the grader), and no `earned`. `stop` is `start` plus the time that the checks took.
 */
export function ctrf(records: GradeRecord | readonly GradeRecord[]): string {
  const list = [records].flat() as readonly GradeRecord[];
  const cases = list.flatMap(testCasesOf);
  const count = (status: string) => cases.filter((one) => statusOf(one) === status).length;
  const duration = Math.round(cases.reduce((sum, one) => sum + one.duration, 0));
  const times = list.map(({ at }) => Date.parse(at));
  const start = Math.min(...times);
  const [first] = list;
  return fitting(MOST, cases, (most) => {
    const report = {
      reportFormat: 'CTRF',
      specVersion: '0.0.0',
      generatedBy: 'io-workbook',
      ...(first ? { timestamp: new Date(Math.max(...times)).toISOString() } : {}),
      results: {
        tool: { name: 'io-workbook' },
        summary: {
          tests: cases.length,
          passed: count('passed'),
          failed: count('failed'),
          skipped: count('skipped'),
          pending: 0,
          other: count('other'),
          flaky: cases.filter(isFlaky).length,
          suites: list.reduce((sum, { lessons }) => sum + lessons.length, 0),
          start: first ? start : 0,
          stop: first ? start + duration : 0,
          duration,
          extra: pointsOf(cases),
        },
        tests: cases.map((one) => test(one, most)),
        ...(first
          ? { environment: { extra: { suite: first.suite, seed: first.seed, node: first.node } } }
          : {}),
      },
    };
    return `${JSON.stringify(report, null, 1)}\n`;
  });
}

function test(one: TestCase, most: number): object {
  const { id, student, lesson, stepTitle, name, verdict, graded, points, maxPoints } = one;
  return {
    name,
    status: statusOf(one),
    duration: Math.round(one.duration),
    suite: [student, lesson, ...(stepTitle ? [stepTitle] : [])],
    rawStatus: verdict,
    labels: { id, points: maxPoints, ...(graded ? { earned: points } : {}) },
    retries: one.attempts - 1,
    ...(isFlaky(one) ? { flaky: true } : {}),
    ...(one.message ? { message: one.message, trace: one.text(most) } : {}),
  };
}

function statusOf({ verdict, graded, points, maxPoints }: TestCase): string {
  if (!graded) return verdict === 'skipped' ? 'skipped' : 'other';
  return points < maxPoints ? 'failed' : 'passed';
}

function isFlaky({ verdict, attempts }: TestCase): boolean {
  return verdict === 'passed' && attempts > 1;
}
