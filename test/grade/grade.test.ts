// Proves the grader as an instructor uses it: a class in, marks out, whatever happens in between.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { currentRun } from '../harness/run.ts';
import { processes } from '../harness/proc.ts';
import { judgementOf, type GradeRecord } from '../../scripts/grade/record.ts';
import { probe } from '../../scripts/grade/sandbox.ts';
import { grade, start, type Ended } from './command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { level, why } = await probe();

/** A class: a right program, one with a mistake, an untouched starter, a broken archive, a lesson that is not there. */
function makeClass(): string {
  const folder = currentRun().directory('class');
  const hand = (student: string, ...layers: readonly string[]) => {
    const to = join(folder, student, 'exercises', 'tcp-echo');
    mkdirSync(to, { recursive: true });
    for (const layer of layers) cpSync(join(root, layer), to, { recursive: true });
  };
  hand('李雷', 'solutions/tcp-echo');
  hand('韩梅梅', 'solutions/tcp-echo', 'test/mistakes/tcp-echo/first-chunk-only');
  hand('小明', 'exercises/tcp-echo');
  mkdirSync(join(folder, '小红', 'notes'), { recursive: true });
  writeFileSync(join(folder, '小红', 'notes', 'todo.txt'), '忘了\n');
  writeFileSync(join(folder, '小刚.zip'), 'PK\x03\x04 and then nothing');
  return folder;
}

const read = (out: string, student: string) =>
  JSON.parse(readFileSync(join(out, 'results', `${student}.json`), 'utf8')) as GradeRecord;

/** A record without what differs from run to run. */
const lasting = (record: GradeRecord) =>
  JSON.stringify(record, (key, value: unknown) =>
    ['at', 'duration', 'picture'].includes(key) ? undefined : value,
  );

describe.skipIf(level === 'none')(
  `npm run grade (${level} ${why.join(' ')})`,
  () => {
    let folder = '';
    let out = '';
    let first: Ended;
    beforeAll(async () => {
      folder = makeClass();
      out = join(currentRun().directory('reports'), 'report');
      first = await grade(folder, '--out', out, '--lesson', 'tcp-echo', '--seed', 'abcd');
    }, 180_000);

    test('a class gets its marks; what cannot be read is ungraded, and never 0', () => {
      // A person has to look at the archive that cannot be read.
      expect(first).toMatchObject({ status: 1 });
      const points = (student: string) => {
        const [lesson] = read(out, student).lessons;
        return [lesson?.state, lesson?.points, lesson?.ungradedPoints];
      };
      expect(points('李雷')).toEqual(['graded', 100, 0]);
      expect(points('小明')).toEqual(['missing', 0, 0]);
      expect(points('小红')).toEqual(['missing', 0, 0]);
      expect(points('小刚')).toEqual(['ungraded', 0, 100]);
      const [state, some] = points('韩梅梅');
      expect(state).toBe('graded');
      expect(some).toBeGreaterThan(0);
      expect(some).toBeLessThan(100);
      const failed = read(out, '韩梅梅').lessons[0]?.checks.find(({ diagnosis }) => diagnosis);
      expect(failed?.diagnosis?.id).toBe('first-chunk-only');
      expect(failed?.picture?.join('\n')).toContain('server');
      for (const file of ['grades.csv', 'junit.xml', 'report.html'])
        expect(existsSync(join(out, file))).toBe(true);
      expect(first.stdout).toMatch(/李雷 +100 +100/);
    });

    test('the same submission gives the same record', async () => {
      const again = join(currentRun().directory('one'), 'again.json');
      const words = ['--lesson', 'tcp-echo', '--seed', 'abcd', '--out', again];
      const { status } = await grade('one', join(folder, '韩梅梅'), ...words);
      expect(status).toBe(0);
      const record = JSON.parse(readFileSync(again, 'utf8')) as GradeRecord;
      expect(lasting(record)).toBe(lasting(read(out, '韩梅梅')));
      expect(record.judgement).toBe(judgementOf(record));
      const worse = record.lessons.map((lesson) => ({
        ...lesson,
        checks: lesson.checks.map((check) => ({ ...check, earned: 0 })),
      }));
      expect(judgementOf({ ...record, lessons: worse })).not.toBe(record.judgement);
    });

    test('a second run does not write over the first one unasked, and --regrade-changed does only what has changed', async () => {
      const { status, stderr } = await grade(folder, '--out', out, '--lesson', 'tcp-echo');
      expect(status).toBe(2);
      expect(stderr).toContain('go on with --resume or --regrade-changed');
      const before = read(out, '李雷').at;
      cpSync(join(root, 'solutions/tcp-echo'), join(folder, '小明', 'exercises', 'tcp-echo'), {
        recursive: true,
      });
      await grade(folder, '--out', out, '--lesson', 'tcp-echo', '--regrade-changed');
      expect(read(out, '小明').lessons[0]?.points).toBe(100);
      expect(read(out, '李雷').at).toBe(before);
      expect(readFileSync(join(out, 'grades.csv'), 'utf8')).toContain('"小明",100,100');
    });

    test('killed in the middle, it leaves nothing running, and goes on where it was', async () => {
      const part = join(currentRun().directory('reports'), 'killed');
      const words = [
        folder,
        '--out',
        part,
        '--lesson',
        'tcp-echo',
        '--jobs',
        '1',
        '--seed',
        'abcd',
      ];
      const run = start(words);
      await run.until(/ 1\/5/);
      run.child.kill('SIGKILL');
      await run.ended;
      await untilGone();
      const done = readdirSync(join(part, 'results'));
      expect(done.length).toBeLessThan(5);
      const times = done.map((name) => readFileSync(join(part, 'results', name), 'utf8'));
      await grade(...words, '--resume');
      expect(readdirSync(join(part, 'results')).sort()).toEqual(
        readdirSync(join(out, 'results')).sort(),
      );
      expect(done.map((name) => readFileSync(join(part, 'results', name), 'utf8'))).toEqual(times);
      for (const student of ['李雷', '韩梅梅', '小明', '小红', '小刚'])
        expect(read(part, student).judgement).toBe(read(out, student).judgement);
      expect(lasting(read(part, '韩梅梅'))).toBe(lasting(read(out, '韩梅梅')));
    });

    test('Ctrl+C ends it at once, with nothing left, and says how to go on', async () => {
      const part = join(currentRun().directory('reports'), 'interrupted');
      const run = start([folder, '--out', part, '--lesson', 'tcp-echo', '--jobs', '1']);
      await run.until(/ 1\/5/);
      run.child.kill('SIGINT');
      const { status, stdout } = await run.ended;
      expect(status).toBe(130);
      expect(stdout).toContain('with --resume goes on from here');
      await untilGone();
    });

    test('parts that were graded apart are put together, and nobody twice', async () => {
      const parts = ['李雷', '小红'].map((student) => {
        const part = join(currentRun().directory('parts'), student);
        return { student, part };
      });
      for (const { student, part } of parts)
        await grade(folder, '--out', part, '--lesson', 'tcp-echo', '--student', student);
      const merged = join(currentRun().directory('reports'), 'merged');
      const [one = '', two = ''] = parts.map(({ part }) => part);
      expect((await grade('merge', one, two, '--out', merged)).status).toBe(0);
      expect(readdirSync(join(merged, 'results')).sort()).toEqual(['小红.json', '李雷.json']);
      const twice = await grade('merge', one, one, '--out', `${merged}-2`);
      expect(twice.stderr).toMatch(/李雷 is in .* and in /);
    });
  },
  240_000,
);

describe('wrong usage of npm run grade is told in one line', () => {
  test.each([
    [[], /^workbook: usage: npm run grade/],
    [['nowhere'], /there is no folder nowhere/],
    [['one', 'x', '--format', 'excel'], /--format is json, gradescope/],
    [['merge', 'x'], /merge needs --out/],
    [['x', '--jobs', 'many', '--luck'], /luck/],
  ])('%j', async (words, message) => {
    const { status, stderr } = await grade(...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n').length).toBe(1);
  });
});

/** Waits until no judge is left: the kernel ends a ward when its grader has ended. */
async function untilGone(): Promise<void> {
  const judges = () =>
    processes().filter(
      ({ pid }) =>
        existsSync(`/proc/${pid}/cmdline`) &&
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('grade/judge.cjs'),
    );
  await expect.poll(judges, { timeout: 10_000, interval: 20 }).toEqual([]);
}
