// JUnit XML, of one student or of a class: for GitLab, Jenkins and what else reads it.
// https://github.com/jenkinsci/xunit-plugin, junit-10.xsd; https://docs.gitlab.com/ci/testing/unit_test_reports/
import type { GradeRecord } from '../record.ts';
import { fitting, pointsOf, safe, testCasesOf, type TestCase } from './test-case.ts';

/** Bytes. GitLab refuses a file of 30 MB. */
const MOST = 29_000_000;

/**
 * One suite for each lesson of each student. `classname` is `<student>.<lesson>`: GitLab's column "suite", Jenkins's
 * package and class. Names are unique in it, since GitLab drops a second one.
 *
 * What was not graded is `<skipped>`, whoever is to blame: readers count `<error>` as a failure. Points stand in the
 * properties of each suite, and in the `<system-out>` of each test while there is room: a test has no place for them.
 */
export function junit(records: GradeRecord | readonly GradeRecord[]): string {
  const suites = [records].flat().flatMap((record: GradeRecord) => {
    const cases = testCasesOf(record);
    return record.lessons.map((mark) => ({
      record,
      cases: cases.filter(({ lesson }) => lesson === mark.lesson),
    }));
  });
  const all = suites.flatMap(({ cases }) => cases);
  const head = { tests: all.length, failures: all.filter(isFailure).length, errors: 0 };
  return fitting(MOST, all, (most) =>
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: 'workbook', ...head, time: seconds(all) })}>`,
      ...suites.map(({ record, cases }) => suite(record, cases, most)),
      '</testsuites>\n',
    ].join('\n'),
  );
}

function suite(record: GradeRecord, cases: readonly TestCase[], most: number): string {
  const [first] = cases;
  const { points, maxPoints, ungradedPoints } = pointsOf(cases);
  const properties = { points, maxPoints, ungradedPoints, suite: record.suite, seed: record.seed };
  return [
    `<testsuite${attributes({
      name: first ? `${first.student}: ${first.lesson}` : '',
      tests: cases.length,
      failures: cases.filter(isFailure).length,
      errors: 0,
      skipped: cases.filter((one) => !one.graded).length,
      time: seconds(cases),
      timestamp: record.at.replace(/\.\d+Z$/, ''),
    })}>`,
    '<properties>',
    ...Object.entries(properties).map(
      ([name, value]) => `<property${attributes({ name, value })}/>`,
    ),
    '</properties>',
    ...cases.map((one) => testCase(one, most)),
    '</testsuite>',
  ].join('\n');
}

function testCase(one: TestCase, most: number): string {
  const { student, lesson, name, verdict, graded, points, maxPoints } = one;
  const message = most === 0 ? safe(one.message, 100) : one.message;
  const head = `<testcase${attributes({ classname: `${student}.${lesson}`, name, time: seconds([one]) })}>`;
  const outcome = !graded
    ? `<skipped${attributes({ message })}/>`
    : isFailure(one)
      ? `<failure${attributes({ type: verdict, message })}>${escape(one.text(most))}</failure>`
      : '';
  const inWords = graded ? `${points} of ${maxPoints} points` : `${maxPoints} points, not graded`;
  const output = most === 0 ? '' : `<system-out>${inWords}</system-out>`;
  return `${head}${outcome}${output}</testcase>`;
}

function isFailure({ graded, points, maxPoints }: TestCase): boolean {
  return graded && points < maxPoints;
}

/** Seconds with three digits. */
function seconds(cases: readonly TestCase[]): string {
  return (cases.reduce((sum, { duration }) => sum + duration, 0) / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join('');
}

/** For a text that is clean already: XML 1.0 has no way to write most control characters (section 2.2). */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
