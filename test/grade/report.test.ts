// The class report as data, as a spreadsheet and in the terminal.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  foldClass,
  lessonPercent,
  meanOf,
  medianOf,
  wholePercent,
} from '../../scripts/grade/report/class.ts';
import { gradesCsv } from '../../scripts/grade/report/grades-csv.ts';
import { lateFactors } from '../../scripts/grade/report/late.ts';
import { drawTable } from '../../scripts/grade/report/table.ts';
import { lessonWeights } from '../../scripts/grade/report/weights.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../../scripts/grade/record.ts';
import { columnsOf } from '../harness/bytes.ts';
import { everythingAwkward, fullMarks, nothingGraded, sampleRecords } from './sample-records.ts';
import { lessons } from '../../scripts/lessons.ts';

/** A record with these lessons: `[points, maxPoints, ungradedPoints]`. */
function recordOf(
  student: string,
  marks: Readonly<Record<string, readonly [number, number, number?] | 'missing' | 'ungraded'>>,
): GradeRecord {
  const lessons = Object.entries(marks).map(([lesson, mark]): LessonMark => {
    const base = { lesson, title: lesson, checks: [], duration: 1 };
    if (mark === 'missing')
      return { ...base, state: mark, points: 0, maxPoints: 100, ungradedPoints: 0 };
    if (mark === 'ungraded')
      return { ...base, state: mark, points: 0, maxPoints: 100, ungradedPoints: 100 };
    const [points, maxPoints, ungradedPoints = 0] = mark;
    return { ...base, state: 'graded', points, maxPoints, ungradedPoints };
  });
  return { ...fullMarks, student, lessons };
}

function withChecks(student: string, checks: readonly Partial<CheckMark>[]): GradeRecord {
  const lesson = fullMarks.lessons[1] as LessonMark;
  const [first] = lesson.checks;
  return {
    ...fullMarks,
    student,
    lessons: [{ ...lesson, checks: checks.map((one) => ({ ...(first as CheckMark), ...one })) }],
  };
}

const plain = (lines: readonly string[]) => lines.map(stripVTControlCharacters);
const percentOf = (record: GradeRecord, options = {}) =>
  foldClass([record], options).students[0]?.percent;

describe('percent', () => {
  test('is of the points that could be graded', () => {
    expect(percentOf(recordOf('李雷', { udp: [40, 100, 50], backup: [100, 100] }))).toBeCloseTo(
      (100 * 140) / 150,
    );
  });

  test('counts a missing lesson as 0 and an ungraded one not at all', () => {
    expect(percentOf(recordOf('李雷', { udp: 'missing', backup: [100, 100] }))).toBe(50);
    expect(percentOf(recordOf('李雷', { udp: 'ungraded', backup: [100, 100] }))).toBe(100);
  });

  test('loses nothing by an ungraded lesson, whatever its checks say', () => {
    const [udp, backup] = recordOf('李雷', { udp: [10, 100], backup: [100, 100] }).lessons;
    const broken = { ...(udp as LessonMark), state: 'ungraded' } as const;
    const record = { ...fullMarks, lessons: [broken, backup as LessonMark] };
    expect(foldClass([record]).students[0]).toMatchObject({
      points: 100,
      ungradedPoints: 100,
      percent: 100,
    });
  });

  test('does not exist where nothing could be graded', () => {
    expect(percentOf(nothingGraded)).toBeUndefined();
  });

  test('takes a lesson times its weight', () => {
    const record = recordOf('李雷', { udp: [0, 100], backup: [100, 100] });
    expect(percentOf(record, { weights: new Map([['backup', 3]]) })).toBe(75);
    expect(percentOf(record, { weights: new Map([['udp', 0]]) })).toBe(100);
  });

  test('is less for late work, also when the name is decomposed', () => {
    const record = recordOf('Zoe\u0308', { udp: [50, 100] });
    const late = lateFactors('student,days\nZo\u00eb,2\n');
    expect(percentOf(record, { late })).toBe(40);
  });

  test('in whole numbers is 100 only for all, and 0 only for nothing', () => {
    expect([99.9, 100, 0.2, 0, 49.5].map(wholePercent)).toEqual([99, 100, 1, 0, 50]);
  });

  test('has a mean and a median of those who have one', () => {
    expect(meanOf([undefined, 10, 20, 90])).toBe(40);
    expect(medianOf([undefined, 90, 10, 20])).toBe(20);
    expect(medianOf([10, 20, 30, 90])).toBe(25);
    expect([meanOf([]), medianOf([undefined])]).toEqual([undefined, undefined]);
  });
});

describe('the class', () => {
  test('has its students by name and its lessons in the order of the workbook', () => {
    const { students, lessons } = foldClass([
      recordOf('user10', { udp: [1, 2], 'a-new-one': [1, 2] }),
      recordOf('user9', { backup: [1, 2] }),
    ]);
    expect(students.map(({ name }) => name)).toEqual(['user9', 'user10']);
    expect(lessons.map(({ lesson }) => lesson)).toEqual(['backup', 'udp', 'a-new-one']);
    expect(students[0]?.lessons.map(lessonPercent)).toEqual([50, undefined, undefined]);
  });

  test('counts of each check who passed, failed, was not graded, handed in nothing', () => {
    const missing = { ...(fullMarks.lessons[1] as LessonMark), state: 'missing', checks: [] };
    const { lessons } = foldClass([
      withChecks('a', [{ verdict: 'passed' }]),
      withChecks('b', [{ verdict: 'timed out', earned: 0 }]),
      withChecks('c', [{ verdict: 'crashed', earned: 0 }]),
      withChecks('d', [{ verdict: 'infra', earned: 0 }]),
      withChecks('e', [{ verdict: 'skipped', earned: 0 }]),
      { ...fullMarks, student: 'f', lessons: [missing as LessonMark] },
    ]);
    expect(lessons[0]?.checks).toMatchObject([
      { id: 'tcp-echo/listens', passed: 1, failed: 2, ungraded: 2, missing: 1 },
    ]);
  });

  test('ranks diagnoses by students, and tells the commonest words of each', () => {
    const failed = (id: string, cause: string) =>
      ({ verdict: 'failed', earned: 0, diagnosis: { id, cause } }) as const;
    const { diagnoses, undiagnosed } = foldClass([
      withChecks('a', [failed('one', 'first words'), failed('one', 'x'), failed('one', 'x')]),
      withChecks('b', [failed('two', 'two'), { verdict: 'failed', earned: 0 }]),
      withChecks('c', [failed('two', 'two'), { ...failed('three', 'y'), verdict: 'infra' }]),
    ]);
    expect(diagnoses).toMatchObject([
      { id: 'two', count: 2, lessons: ['tcp-echo'], students: [{ name: 'b' }, { name: 'c' }] },
      { id: 'one', cause: 'x', count: 3, students: [{ name: 'a' }] },
    ]);
    expect(diagnoses).toHaveLength(2);
    expect(undiagnosed).toBe(1);
  });

  test('tells names of the late table that nobody has', () => {
    const late = new Map([
      ['韩梅梅', 0.9],
      ['韩梅', 0.9],
    ]);
    expect(foldClass([fullMarks], { late }).strangers).toEqual(['韩梅']);
  });

  test('can be empty', () => {
    expect(foldClass([])).toMatchObject({ students: [], lessons: [], diagnoses: [] });
  });
});

describe('late work and weights', () => {
  test('reads what a spreadsheet writes', () => {
    const table = '\ufeffstudent,days\r\n"Müller, Jan",1.5\r\n"王 ""小"" 明",3\r\n李雷,0\r\n\r\n';
    expect([...lateFactors(table, 20)]).toEqual([
      ['Müller, Jan', 0.6],
      ['王 "小" 明', 0.4],
      ['李雷', 1],
    ]);
  });

  test('never deducts more than everything', () => {
    expect(lateFactors('李雷,99').get('李雷')).toBe(0);
  });

  test.each([
    ['李雷', 'line 1: expected a name, a comma and a number'],
    ['student,days\n李雷,-1', 'line 2: expected a name'],
    ['李雷,1\n李雷,2', 'line 2: 李雷 is there twice'],
    [',3', 'line 1'],
    ['\u001b[2J,x', 'got \\x1b[2J,x'],
  ])('refuses %j in one line', (table, message) => {
    expect(() => lateFactors(table)).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringContaining(message) }),
    );
  });

  test('refuses a deduction that is no percentage', () => {
    expect(() => lateFactors('', Number.NaN)).toThrow('from 0 to 100');
    expect(() => lateFactors('', 101)).toThrow('from 0 to 100');
  });

  test('names lessons as the command line does', () => {
    expect([...lessonWeights('lesson,weight\ntcp-e,2\n1,0.5\n')]).toEqual([
      ['tcp-echo', 2],
      [lessons[0]?.name, 0.5],
    ]);
    expect(() => lessonWeights('tpc-echo,2')).toThrow('Did you mean "tcp-echo"?');
    expect(() => lessonWeights('tcp-echo,2\ntcp-e,3')).toThrow('tcp-echo is there twice');
  });
});

describe('grades.csv', () => {
  test('has a line for each student, for Excel as well', () => {
    const report = foldClass(
      [
        recordOf('韩梅梅', { udp: [40, 100, 50], backup: 'missing', processes: 'ungraded' }),
        { ...nothingGraded, lessons: recordOf('', { udp: 'ungraded' }).lessons },
      ],
      { late: new Map([['韩梅梅', 0.9]]) },
    );
    expect(gradesCsv(report)).toBe(
      '\ufeff"student","backup","udp","processes","total","max","percent","ungraded","late","sandbox"\r\n' +
        '"韩梅梅",0,40,,40,300,24,150,10,"namespaces"\r\n' +
        '"王芳",,,,0,100,,100,0,"none"\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '＝1', ' =1', '\u200b=1', '\t=1'])(
    'makes no formula of the name %j',
    (name) => {
      const line = gradesCsv(foldClass([recordOf(name, {})])).split('\r\n')[1] ?? '';
      expect(line).not.toMatch(/^"?[\s\u200b]*[=+\-@＝]/);
    },
  );

  test('keeps a name with quotes, commas and semicolons in one field', () => {
    const csv = gradesCsv(foldClass([recordOf('a";=1,b\n=2', {})]));
    expect(csv.split('\r\n')[1]).toBe('"a"";=1,b\\n=2",0,0,,0,0,"namespaces"');
  });
});

/** As the table counts them: from 1. */
const numberOf = (lesson: string) => `${lessons.findIndex(({ name }) => name === lesson) + 1}`;

describe('the table in the terminal', () => {
  test('shows students, lessons by their number, totals and what is open', () => {
    const lines = plain(drawTable(foldClass(sampleRecords), 80));
    const marked = ['talk-split', 'tcp-echo', 'udp', 'processes'];
    expect(lines[0]?.split(/ +/)).toEqual(['student', ...marked.map(numberOf), 'total']);
    expect(lines.find((line) => line.startsWith('韩梅梅'))).toMatch(/100 +100 +100\s*$/);
    expect(lines.find((line) => line.startsWith('李雷'))).toMatch(/– +27\? +\? +11\?$/);
    expect(lines.find((line) => line.startsWith('王芳'))).toMatch(/\? +\?\s*$/);
    expect(lines.join('\n')).toContain(`${numberOf('tcp-echo')} tcp-echo`);
    expect(lines.at(-1)).toBe('? 2 of 3 students not fully graded, no points are lost');
  });

  test.each([80, 60, 40, 24])('is at most %i columns wide, with names of any width', (width) => {
    const all = Object.fromEntries(lessons.map(({ name }) => [name, [80, 100, 5] as const]));
    const names = ['欧阳'.repeat(40), 'a'.repeat(200), '👩‍👩‍👧‍👦'.repeat(30), everythingAwkward.student];
    const lines = plain(drawTable(foldClass(names.map((name) => recordOf(name, all))), width));
    for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    expect(lines.some((line) => line.includes('84?'))).toBe(true);
  });

  test('ends after 40 students with a count', () => {
    const records = Array.from({ length: 43 }, (_, n) => recordOf(`s${n}`, { udp: [n, 100] }));
    const lines = plain(drawTable(foldClass(records), 80));
    expect(lines.filter((line) => /^s\d/.test(line))).toHaveLength(40);
    expect(lines).toContain('… and 3 more: grades.csv');
    expect(lines.find((line) => line.startsWith('mean'))).toMatch(/21 +21\s*$/);
  });

  test('shows nothing that a terminal would obey', () => {
    const lines = drawTable(foldClass([recordOf('\u001b[2J\u202e李雷\r', { udp: [1, 2] })]), 80);
    expect(plain(lines).join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(plain(lines)[1]).toContain('\\x1b[2J');
  });

  test('says so when there is no student', () => {
    expect(drawTable(foldClass([]), 80)).toEqual(['no student']);
  });
});
