// The adapters: each against the published schema of its format, with records that hold everything awkward.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { adapters, exitStatus } from '../../scripts/grade/adapters/index.ts';
import { classroom50 } from '../../scripts/grade/adapters/classroom50.ts';
import { ctrf } from '../../scripts/grade/adapters/ctrf.ts';
import { gradescope } from '../../scripts/grade/adapters/gradescope.ts';
import { fitting, testCasesOf } from '../../scripts/grade/adapters/test-case.ts';
import { junit } from '../../scripts/grade/adapters/junit.ts';
import { prairielearn } from '../../scripts/grade/adapters/prairielearn.ts';
import type { GradeRecord } from '../../scripts/grade/record.ts';
import { xsdErrors } from './xsd.ts';
import { everythingAwkward, fullMarks, nothingGraded, sampleRecords } from './sample-records.ts';

const env = {
  CLASSROOM: 'net',
  ASSIGNMENT: 'tcp-echo',
  ASSIGNMENT_TYPE: 'individual',
  OWNER: 'lilei',
  SUBMISSION_TAG: 'submit/2026-11-21T09-00-00Z-a1b2c3d',
  COMMIT_URL: 'https://example.org/commit/a1b2c3d',
  RELEASE_URL: 'https://example.org/releases/tag/1',
};

describe('what a program printed', () => {
  test.each(adapters)('is dead in $name', ({ write }) => {
    for (const record of sampleRecords) {
      const content = write(record, { env });
      for (const text of textsOf(content)) {
        // Control characters but the line feed, bidi overrides, and halves of surrogate pairs.
        expect(text).not.toMatch(
          /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u,
        );
        expect(text).not.toMatch(/^::notice/m);
        // One long line must not fill the page.
        expect(text.length).toBeLessThan(20_000);
      }
    }
  });

  test.each(adapters)('and the words of a failure are there in $name', ({ write }) => {
    const text = textsOf(write(everythingAwkward, { env })).join('\n');
    expect(text).toContain('The server sent \\x1b[2J');
    expect(text).toContain('Expected:    The server sends back "吃了吗\\n".');
    expect(text).toContain('Usual cause: One read is taken for one message; TCP is a stream.');
    expect(text).toContain('hint: npm run ex -- hint tcp-echo 2');
    expect(text).toContain('--check echo --seed 7c3a91d2');
    expect(text).toContain('10 bytes ──►');
  });

  test.each(adapters)('and the same record is the same file in $name', ({ write }) => {
    expect(write(everythingAwkward, { env })).toBe(write(everythingAwkward, { env }));
  });
});

describe('gradescope', () => {
  const validate = validator('gradescope');

  test('what Gradescope shows as an example passes the schema', () => {
    expect(errorsOf(validate, example('gradescope'))).toEqual([]);
  });

  test.each([fullMarks, everythingAwkward])('$student passes it, too', (record) => {
    expect(errorsOf(validate, JSON.parse(gradescope(record)))).toEqual([]);
  });

  test('has points and maximum on each test, and their sum at the top', () => {
    const { score, tests } = JSON.parse(gradescope(fullMarks));
    expect(score).toBe(200);
    expect(tests.map((one: Row) => [one.number, one.score, one.max_score, one.status])).toEqual([
      ['1.1', 60, 60, 'passed'],
      ['1.2', 40, 40, 'passed'],
      ['2.1', 40, 40, 'passed'],
      ['2.2', 60, 60, 'passed'],
    ]);
  });

  test('what was not graded has no score and no maximum, never 0', () => {
    const { score, output, tests } = JSON.parse(gradescope(everythingAwkward));
    expect(score).toBe(20);
    expect(output).toContain('20 of 175 points; 125 more could not be graded and are not lost.');
    const byVerdict = (verdict: string) =>
      tests.filter((one: Row) => (one.extra_data as Row).verdict === verdict);
    expect(byVerdict('infra')).toHaveLength(2);
    for (const one of [...byVerdict('infra'), ...byVerdict('skipped')]) {
      expect(one).not.toHaveProperty('score');
      expect(one).not.toHaveProperty('max_score');
      expect(one).not.toHaveProperty('status');
      expect(one.output).toContain('no points are lost');
    }
    expect(byVerdict('missing')).toMatchObject([{ score: 0, max_score: 100, status: 'failed' }]);
  });

  test('nothing graded is no result at all: Gradescope refuses it, and a person looks', () => {
    const result = JSON.parse(gradescope(nothingGraded));
    expect(result).not.toHaveProperty('score');
    expect(errorsOf(validate, result).join()).toContain("must have required property 'score'");
  });

  test('says what was not accepted, and stays below 1 MiB whatever comes', () => {
    expect(JSON.parse(gradescope(everythingAwkward)).output).toContain(
      'Not accepted: exercises/tcp-echo/../../../etc/passwd: its path leads out of the submission',
    );
    expect(Buffer.byteLength(gradescope(large))).toBeLessThan(1024 * 1024);
  });
});

describe('prairielearn', () => {
  const validate = validator('prairielearn');

  test('what PrairieLearn shows as an example passes the schema', () => {
    expect(errorsOf(validate, example('prairielearn'))).toEqual([]);
  });

  test.each(sampleRecords)('$student passes it, too', (record) => {
    expect(errorsOf(validate, JSON.parse(prairielearn(record)))).toEqual([]);
  });

  test('the score is a fraction of what was graded, and the tests add up to it', () => {
    const { gradable, score, tests } = JSON.parse(prairielearn(everythingAwkward));
    const sum = (name: string) =>
      tests.reduce((total: number, one: Row) => total + Number(one[name]), 0);
    expect({ gradable, score, points: sum('points'), max: sum('max_points') }).toEqual({
      gradable: true,
      score: 20 / 175,
      points: 20,
      max: 175,
    });
    expect(JSON.parse(prairielearn(fullMarks)).score).toBe(1);
  });

  test('nothing graded is not gradable, with the reason, and without a score', () => {
    const result = JSON.parse(prairielearn(nothingGraded));
    expect(result.gradable).toBe(false);
    expect(result).not.toHaveProperty('score');
    expect(result.format_errors.join()).toContain('udp: Not graded, no points are lost');
  });

  test('stays below 1 MB, and keeps every test with its points', () => {
    const content = prairielearn(large);
    expect(Buffer.byteLength(content)).toBeLessThan(1_000_000);
    expect(JSON.parse(content).tests).toHaveLength(large.lessons[0]?.checks.length ?? 0);
  });
});

describe('classroom50', () => {
  const validate = validator('classroom50-result-v1', new Ajv2020());

  test.each(sampleRecords)('$student passes the published schema', (record) => {
    expect(errorsOf(validate, JSON.parse(classroom50(record, { env })))).toEqual([]);
  });

  test('the sums are those of the tests, none above its maximum, and what was not graded is 0 of 0', () => {
    const result = JSON.parse(classroom50(everythingAwkward, { env }));
    const sum = (name: string) =>
      result.tests.reduce((total: number, one: Row) => total + Number(one[name]), 0);
    expect([result.score, result['max-score']]).toEqual([20, 175]);
    expect([sum('score'), sum('max-score')]).toEqual([20, 175]);
    const infra = result.tests.filter((one: Row) => one.verdict === 'infra');
    expect(infra).toHaveLength(2);
    for (const one of infra) expect(one).toMatchObject({ passed: false, score: 0, 'max-score': 0 });
    expect(infra[0]['test-name']).toContain('(not graded)');
  });

  test('points with fractions become hundredths, and stay integers', () => {
    const result = JSON.parse(classroom50(withPoints(fullMarks, 2.5), { env }));
    expect(errorsOf(validate, result)).toEqual([]);
    expect([result.score, result['max-score']]).toEqual([1000, 1000]);
  });

  test('takes the identity from its runner, and says which part of it is missing', () => {
    const { owner, submission, review, datetime } = JSON.parse(classroom50(fullMarks, { env }));
    expect({ owner, submission, review, datetime }).toEqual({
      owner: 'lilei',
      submission: env.SUBMISSION_TAG,
      review: env.COMMIT_URL,
      datetime: '2026-11-21T09:30:00Z',
    });
    expect(() => classroom50(fullMarks, { env: { ...env, CLASSROOM: '' } })).toThrow(/CLASSROOM/);
  });
});

describe('junit', () => {
  test.each([...sampleRecords, sampleRecords])(
    'is well formed and passes junit-10.xsd: %#',
    (record) => {
      const content = junit(record);
      expect(XMLValidator.validate(content)).toBe(true);
      expect(xsdErrors(content, schemaPath('junit-10.xsd'))).toEqual([]);
      // XML 1.0 section 2.2: what may stand in a document at all.
      expect(content).toMatch(/^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
    },
  );

  test('the schema can say no', () => {
    const content = junit(fullMarks).replace(' failures="0"', ' failed="0"');
    expect(xsdErrors(content, schemaPath('junit-10.xsd'))).toEqual([
      'testsuites has no attribute failed',
    ]);
  });

  test('a class is one file: names are unique in it, counts are those of its tests', () => {
    const { testsuites } = parseXml(junit(sampleRecords));
    const cases = testsuites.testsuite.flatMap(({ testcase }: XmlSuite) => testcase);
    const names = cases.map((one: Row) => `${one['@classname']} ${one['@name']}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(
      '李雷 <b>& "co".tcp-echo sends back what it gets, byte for byte (tcp-echo/echo-again)',
    );
    expect(testsuites).toMatchObject({
      '@tests': `${cases.length}`,
      '@failures': '4',
      '@errors': '0',
    });
    const withFailure = cases.filter((one: Row) => 'failure' in one);
    expect(withFailure.map((one: Row) => (one.failure as Row)['@type'])).toEqual([
      'missing',
      'failed',
      'timed out',
      'crashed',
    ]);
  });

  test('what was not graded is skipped, and has no points', () => {
    const { testsuites } = parseXml(junit(everythingAwkward));
    const cases = testsuites.testsuite.flatMap(({ testcase }: XmlSuite) => testcase);
    const skipped = cases.filter((one: Row) => 'skipped' in one);
    expect(skipped.map((one: Row) => one['system-out'])).toEqual([
      '15 points, not graded',
      '10 points, not graded',
      '100 points, not graded',
    ]);
    expect(cases[1]['system-out']).toBe('20 of 20 points');
  });

  test('what a program printed comes back as text', () => {
    const { testsuites } = parseXml(junit(everythingAwkward));
    const [failed] = testsuites.testsuite[1].testcase.filter((one: Row) => 'failure' in one);
    expect(failed.failure['#text']).toContain('<script>alert(1)</script></pre>]]>&amp;\\x00');
  });
});

describe('the length of texts', () => {
  const cases = testCasesOf(large);

  test.each([
    ['all that anybody reads', 1_000_000_000, 4_000],
    ['what is left for each', 10_000_000, 3_587],
    ['none where there is no room', 300_000, 0],
  ])('%s', (_, limit, length) => {
    let given = -1;
    fitting(limit, cases, (most) => {
      given = most;
      return '';
    });
    expect(given).toBe(length);
  });

  test('shrinks until the file is small enough', () => {
    const content = fitting(10_000_000, cases, (most) => 'x'.repeat(most * 20_000));
    expect(content.length).toBeGreaterThan(0);
    expect(content.length).toBeLessThanOrEqual(10_000_000);
  });

  test('without texts, every test still says what came of it', () => {
    const short = cases.map((one) => one.text(0));
    expect(new Set(short)).toEqual(new Set(['']));
    expect(cases.every(({ message }) => message.startsWith('长长'))).toBe(true);
  });
});

describe('ctrf', () => {
  const validate = validator('ctrf');

  test.each([...sampleRecords, sampleRecords, []])('passes the published schema: %#', (record) => {
    expect(errorsOf(validate, JSON.parse(ctrf(record)))).toEqual([]);
  });

  test('counts each status, and what was not graded as other or skipped, without points', () => {
    const { summary, tests } = JSON.parse(ctrf(sampleRecords)).results;
    expect(summary).toMatchObject({
      tests: 13,
      passed: 5,
      failed: 4,
      skipped: 1,
      other: 3,
      flaky: 1,
    });
    for (const one of tests) {
      expect('earned' in one.labels).toBe(one.status === 'passed' || one.status === 'failed');
      expect(one.labels.points).toBeGreaterThan(0);
    }
  });
});

describe('the exit status', () => {
  test.each([
    ['trouble of the grader is worth another try', [fullMarks, everythingAwkward], 75],
    ['a lesson that was not graded, too', [nothingGraded], 75],
    ['all graded', [fullMarks], 0],
    ['a skipped check would be skipped again', [onlySkipped()], 0],
  ])('%s', (_, records, status) => {
    expect(exitStatus(records)).toBe(status);
  });
});

type Row = Record<string, unknown>;
interface XmlSuite {
  readonly testcase: readonly Row[];
}

/** 300 failed checks, about as many as the workbook has, each with all the words that there may be. */
const large = ((): GradeRecord => {
  const [, mark] = everythingAwkward.lessons;
  const failed = mark?.checks.find(({ verdict }) => verdict === 'failed');
  if (!mark || !failed) throw new Error('the sample has no failed check');
  const checks = Array.from({ length: 300 }, (_, at) => ({
    ...failed,
    id: `tcp-echo/echo-${at}`,
    title: `echo ${at}`,
    saw: '长'.repeat(5_000),
  }));
  return { ...everythingAwkward, lessons: [{ ...mark, checks, maxPoints: 7_500 }] };
})();

function onlySkipped(): GradeRecord {
  const [mark] = fullMarks.lessons;
  if (!mark) throw new Error('the sample has no lesson');
  const checks = mark.checks.map((check) => ({ ...check, verdict: 'skipped' as const, earned: 0 }));
  return { ...fullMarks, lessons: [{ ...mark, checks, points: 0, ungradedPoints: 100 }] };
}

function withPoints(record: GradeRecord, points: number): GradeRecord {
  const lessons = record.lessons.map((mark) => ({
    ...mark,
    points: points * mark.checks.length,
    maxPoints: points * mark.checks.length,
    checks: mark.checks.map((check) => ({ ...check, points, earned: points })),
  }));
  return { ...record, lessons };
}

function schemaPath(name: string): string {
  return new URL(`schemas/${name}`, import.meta.url).pathname;
}

function example(name: string): unknown {
  return JSON.parse(readFileSync(schemaPath(`${name}-example.json`), 'utf8'));
}

function validator(name: string, ajv: Ajv | Ajv2020 = new Ajv({ strictTypes: false })) {
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(schemaPath(`${name}.schema.json`), 'utf8')));
}

function errorsOf(validate: ReturnType<typeof validator>, value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function parseXml(content: string) {
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => name === 'testsuite' || name === 'testcase',
  }).parse(content);
}

/** Every text that a reader of the file gets to see. */
function textsOf(content: string): string[] {
  if (content.startsWith('<'))
    return [
      content.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"'),
    ].flatMap((all) => all.split(/<testcase/));
  const texts: string[] = [];
  JSON.parse(content, (_, value) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}
