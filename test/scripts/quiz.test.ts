// The quiz as a user meets it: rounds that bring back what was missed, interruptions, wrong input, damage.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { QuizAnswer } from '../../scripts/journal.ts';
import { deckOf } from '../../scripts/quiz/deck.ts';
import { chosen, isOneOf, isPrinted } from '../../scripts/quiz/judge.ts';
import { countDue, ROUND, roundOf, standingsOf } from '../../scripts/quiz/schedule.ts';
import { clone, type Clone } from './clone.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const start = new Date('2026-03-01T08:00:00.000Z');
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);

function answer(item: string, right: boolean, time = start): QuizAnswer {
  return { event: 'answer', item, right, time: time.toISOString() };
}

describe('the schedule', () => {
  const deck = deckOf();
  const [first, second, third] = deck;
  const keys = (cards: { key: string }[]) => cards.map(({ key }) => key);
  const at = (now: Date, answers: QuizAnswer[], all = false) =>
    keys(roundOf(deck, standingsOf(answers, now), { now, begun: new Set(), all }));

  test('who was wrong sees it again sooner than who was right', () => {
    const due = (right: boolean) =>
      standingsOf([answer('a', right)], start)
        .get('a')
        ?.due.getTime() ?? 0;
    expect(due(false) - start.getTime()).toBe(10 * MINUTE);
    expect(due(true) - start.getTime()).toBeGreaterThanOrEqual(DAY);
  });

  test('what is known comes later each time, and what is forgotten begins anew', () => {
    const gaps = [];
    const answers: QuizAnswer[] = [];
    let now = start;
    for (const right of [true, true, true, false, true]) {
      answers.push(answer('a', right, now));
      const due = standingsOf(answers, now).get('a')?.due ?? start;
      gaps.push(due.getTime() - now.getTime());
      now = due;
    }
    const [one = 0, two = 0, three = 0, forgotten, again = 0] = gaps;
    expect(two).toBeGreaterThan(one);
    expect(three).toBeGreaterThan(two);
    expect(forgotten).toBe(10 * MINUTE);
    expect(again).toBeLessThan(three);
  });

  test('a round has ten items: first what is due, then what is new', () => {
    const answers = [
      answer(second?.key ?? '', false),
      answer(first?.key ?? '', true),
      answer(third?.key ?? '', false, after(MINUTE)),
    ];
    const round = at(after(20 * MINUTE), answers);
    expect(round.length).toBe(ROUND);
    expect(round.slice(0, 2)).toEqual([second?.key, third?.key]);
    expect(round).not.toContain(first?.key);
    expect(at(after(5 * MINUTE), answers)).not.toContain(second?.key);
  });

  test('with --all every item is asked once', () => {
    const all = at(start, [answer(first?.key ?? '', true)], true);
    expect([...all].sort()).toEqual(keys(deck).sort());
    expect(all.at(-1)).toBe(first?.key);
  });

  test('new items of lessons that were begun come before the others', () => {
    const begun = new Set(['processes']);
    const round = roundOf(deck, new Map(), { now: start, begun, all: false });
    expect(new Set(round.map(({ more }) => more))).toEqual(begun);
  });

  test('answers of two runners at once, a clock that was wrong, and items that are gone do no harm', () => {
    const answers = [
      answer('a', true),
      answer('a', true),
      answer('a', true, after(1000 * DAY)),
      answer('gone/for-ever', false),
    ];
    const standings = standingsOf(answers, start);
    expect(standings.get('a')?.due.getTime()).toBeLessThan(after(30 * DAY).getTime());
    const later = standingsOf(answers, after(60 * DAY));
    expect(later.get('a')?.due.getTime()).toBeLessThan(after(60 * DAY).getTime());
    expect(countDue(deck, later, after(60 * DAY))).toBe(0);
  });
});

test.each([
  ['2 1', '2\n1', true],
  ['  ＬＯＯＰ  timer', 'loop\ntimer', true],
  ['21', '2\n1', false],
  ['', 'x', false],
])('of what is printed only the words count: %j for %j', (typed, printed, right) => {
  expect(isPrinted(typed, printed)).toBe(right);
});

test('of a typed word only letters and digits count', () => {
  expect(isOneOf('sock-dgram', ['SOCK_DGRAM'])).toBe(true);
  expect(isOneOf('７，４', ['7 4'])).toBe(true);
  expect(isOneOf('...', ['7 4'])).toBe(false);
});

test('an option is chosen by its number or its text', () => {
  const options = ['EPIPE', 'ECHILD'];
  expect(chosen('２', options)).toBe(1);
  expect(chosen(' echild ', options)).toBe(1);
  for (const typed of ['0', '3', '', 'x', '1.5']) expect(chosen(typed, options)).toBe(undefined);
});

describe('a round', () => {
  let own: Clone;
  beforeAll(async () => {
    own = await clone();
  });
  beforeEach(() => rmSync(own.path('.workbook'), { recursive: true, force: true }));
  afterAll(() => own.remove());

  const write = (path: string, text: string) => {
    mkdirSync(dirname(own.path(path)), { recursive: true });
    writeFileSync(own.path(path), text);
  };
  const answers = () =>
    readFileSync(own.path('.workbook/journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as QuizAnswer)
      .filter(({ event }) => event === 'answer')
      .map(({ item, right }) => ({ item, right }));

  test('takes answers from a pipe, says so, and asks again after wrong input', async () => {
    const { status, stdout, stderr } = await own.ex(['quiz', '--topic', 'states'], {
      input: '9\nwhat\n\n?\nq\n',
    });
    expect(status).toBe(0);
    expect(stderr).toContain('No terminal');
    expect(stdout.match(/Please type a number from 1 to 4/g)?.length).toBe(3);
    expect(stdout).toContain('0 of 1 right.');
    expect(stdout).toContain('Back sooner: states/program');
    expect(answers()).toEqual([{ item: 'states/program', right: false }]);
  });

  test('runs the program of an item, and judges by what it has printed', async () => {
    const { stdout } = await own.ex(['quiz', '--topic', 'bytes'], { input: '2  6\nTRUE\nq\n' });
    expect(stdout).toContain('It printed: 2 6');
    expect(stdout).toContain('It printed: false');
    expect(answers()).toEqual([
      { item: 'bytes/length', right: true },
      { item: 'bytes/cut', right: false },
    ]);
  });

  test('goes on in the next round, and ends when nothing is due', async () => {
    const all = deckOf().filter(({ topic }) => topic.name === 'bytes').length;
    const input = '?\n'.repeat(all);
    expect((await own.ex(['quiz', '--topic', 'bytes'], { input })).stdout).toContain(
      `0 of ${all} right.`,
    );
    const second = await own.ex(['quiz', '--topic', 'bytes', '--zh'], { input });
    expect(second.stdout).toContain('现在没有到期的题目。');
    expect(second.stdout).toMatch(/下一题\d+ 分钟后回来。/);
  });

  test.skipIf(!hasScript)('keeps what was answered when it is interrupted', async () => {
    const running = own.start(['quiz', '--topic', 'states'], { terminal: true });
    const keys = running.child.stdin;
    let at = await running.until('a number from 1 to 4');
    keys?.write('?\r');
    at = await running.until('── 2/10', at);
    at = await running.until('a number from 1 to 4', at);
    keys?.write('\x03');
    await running.until('0 of 1 right.', at);
    expect((await running.ended).status).toBe(130);
    expect(answers()).toEqual([{ item: 'states/program', right: false }]);
  });

  test('a damaged journal is set aside, and the good answers count', async () => {
    const good = { ...answer('states/program', true, new Date()), id: 'one' };
    write('.workbook/journal.jsonl', `${JSON.stringify(good)}\n{"event":"answer","item":1}\n{"ev`);
    const { status, stderr, stdout } = await own.ex(['quiz', '--topic', 'states'], { input: 'q' });
    expect(status).toBe(0);
    expect(stderr).toContain('could not be understood');
    expect(stdout).toContain('── 1/10 · states/ready');
  });

  test('two at once both keep their answers', async () => {
    const input = '?\n?\nq\n';
    await Promise.all(
      ['states', 'http'].map((topic) => own.ex(['quiz', '--topic', topic], { input })),
    );
    expect(answers().length).toBe(4);
  });

  test('a program that cannot be run is said, and does not count', async () => {
    const program = 'scripts/quiz/programs/bytes/length.ts';
    const whole = readFileSync(own.path(program), 'utf8');
    write(program, 'process.exit(3);\n');
    const { stderr, stdout, status } = await own.ex(['quiz', '--topic', 'bytes'], {
      input: 'false\nq\n',
    });
    write(program, whole);
    expect(stderr).toContain('could not be run here (exit 3)');
    expect(stdout).toContain('1 of 1 right.');
    expect(status).toBe(0);
  });

  test.each([
    [['--topic', 'htp'], 'there is no topic "htp". Did you mean "http"?'],
    [['--al'], "Unknown option '--al'; usage: npm run ex -- quiz"],
    [['now'], "Unexpected argument 'now'"],
  ])('answers %j with one line and status 2', async (args, line) => {
    const { status, stdout, stderr } = await own.ex(['quiz', ...args]);
    expect({ status, stdout, lines: stderr.split('\n').length }).toEqual({
      status: 2,
      stdout: '',
      lines: 2,
    });
    expect(stderr).toContain(line);
  });

  test('the list of lessons says what is due', async () => {
    const missed = answer('states/program', false, new Date(Date.now() - DAY));
    write('.workbook/journal.jsonl', `${JSON.stringify(missed)}\n`);
    expect((await own.ex([])).stdout).toContain('Quiz:  1 item is due: npm run ex -- quiz');
  });
});
