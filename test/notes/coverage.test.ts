// notes/coverage.md against the tree: every item of the course notes has its row, in their order and once, and what a row
// says of the workbook is there: the lesson, its steps, the note, the heading, the topic of the quiz.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lessons, root } from '../../scripts/lessons.ts';
import { topics } from '../../scripts/quiz/deck.ts';

/** The files of the course notes. They are not in the repository. */
const SEEDS = [
  '000_092138872e851566.txt',
  '001_80059834c6c17810.txt',
  '002_b6deda9a87f174bb.txt',
  '003_f4a07122f5a12b39.txt',
  '004_1a91b6a54edab00a.txt',
];

interface Row {
  readonly at: number;
  readonly seed: string;
  readonly cells: readonly string[];
}

const text = readFileSync(join(root, 'notes/coverage.md'), 'utf8');
const { headings, summary, rows } = readCoverage(text);
const where = ({ at, cells }: Row) => `notes/coverage.md:${at}: ${cells[1]}`;
const taught = ({ cells }: Row): readonly string[] => (cells[3] ?? '').split(' · ');

test('has one table for each file of the course notes, by its name', () => {
  expect(headings).toEqual(SEEDS);
  for (const seed of SEEDS)
    expect(rows.filter((row) => row.seed === seed).length, seed).toBeGreaterThan(40);
});

test('no cell is empty', () => {
  const odd = rows.filter(({ cells }) => cells.length !== 4 || cells.some((cell) => cell === ''));
  expect(odd.map(where)).toEqual([]);
});

describe.each(SEEDS)('%s', (seed) => {
  const own = rows.filter((row) => row.seed === seed);

  test('its items stand in the order of its lines', () => {
    const odd = own.filter((row, index) => {
      const [first, last] = linesOf(row);
      const [before] = index === 0 ? [1] : linesOf(own[index - 1]);
      return !(before <= first && first <= last);
    });
    expect(odd.map(where)).toEqual([]);
  });

  test('no item stands there twice', () => {
    const names = own.map(({ cells }) => cells[1]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});

test('every row says a lesson and its steps, a note, a topic of the quiz, or why not', () => {
  const right =
    /^(\[[^\]]+\]\(\.\.\/exercises\/[\w-]+\/README\.md#steps\) steps? \d[\d, to]*|\[[^\]]+\]\([^)]+\)|not taught: .+)$/;
  const odd = rows.flatMap((row) =>
    taught(row)
      .filter((place) => !right.test(place))
      .map((place) => `${where(row)} → ${place}`),
  );
  expect(odd).toEqual([]);
});

test('every link leads to a file and a heading of it, and is called by its name', () => {
  expect(rows.flatMap((row) => taught(row).flatMap((place) => wrongLink(row, place)))).toEqual([]);
});

function wrongLink(row: Row, place: string): string[] {
  const [, name = '', target = ''] = /^\[([^\]]+)\]\(([^)]+)\)/.exec(place) ?? [];
  if (target === '') return [];
  const [file = '', anchor] = target.split('#');
  const path = resolve(root, 'notes', file);
  if (!existsSync(path)) return [`${where(row)}: there is no ${target}`];
  const heading = headingsOf(path).get(anchor ?? '');
  if (anchor !== undefined && heading === undefined) return [`${where(row)}: no ${target}`];
  const note = /^([\w-]+)\.md$/.exec(file)?.[1];
  const lesson = /^\.\.\/exercises\/([\w-]+)\/README\.md$/.exec(file)?.[1];
  const right = note
    ? name === `note ${note}${heading === undefined ? '' : `: ${heading}`}`
    : lesson === undefined || name.split(':')[0] === lesson;
  return right ? [] : [`${where(row)}: ${target} is called ${name}`];
}

test('every topic of the quiz exists', () => {
  const asked = rows.flatMap(taught).flatMap((place) => /^\[quiz: (.+?)\]/.exec(place)?.[1] ?? []);
  expect(asked).not.toEqual([]);
  expect(
    [...new Set(asked)].filter((name) => topics.every((topic) => topic.name !== name)),
  ).toEqual([]);
});

test('every step exists', () => {
  expect(rows.flatMap((row) => taught(row).flatMap((place) => wrongSteps(row, place)))).toEqual([]);
});

function wrongSteps(row: Row, place: string): string[] {
  const [, lesson, steps] =
    /\/exercises\/([\w-]+)\/README\.md#steps\) (steps? .+)$/.exec(place) ?? [];
  if (lesson === undefined || steps === undefined) return [];
  const numbers = [...steps.matchAll(/\d+/g)].map(Number);
  const right =
    lessons.some(({ name }) => name === lesson) &&
    numbers.every((number, index) => number > (numbers[index - 1] ?? 0)) &&
    steps.startsWith('steps') === numbers.length > 1 &&
    (numbers.at(-1) ?? 0) <= stepsOf(lesson);
  return right ? [] : [`${where(row)}: ${lesson} ${steps}`];
}

test('counts all items, and those that are not taught', () => {
  const left = rows.filter((row) => taught(row).some((place) => place.startsWith('not taught: ')));
  expect(summary).toEqual([
    ['all', `${rows.length}`],
    ['not taught', `${left.length}`],
  ]);
});

/** The headings with a file name, the rows below them, and the table of numbers above the first one. */
function readCoverage(markdown: string) {
  const headings: string[] = [];
  const summary: (readonly string[])[] = [];
  const rows: Row[] = [];
  let header = true;
  for (const [index, line] of markdown.split('\n').entries()) {
    const heading = /^## `([^`]+)`/.exec(line)?.[1];
    if (heading !== undefined) headings.push(heading);
    if (!line.startsWith('|')) header = true;
    else if (/^\|[\s|:-]+\|$/.test(line)) header = false;
    else if (!header) {
      const cells = line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim());
      const seed = headings.at(-1);
      if (seed === undefined) summary.push(cells);
      else rows.push({ at: index + 1, seed, cells });
    }
  }
  return { headings, summary, rows };
}

function linesOf(row: Row | undefined): readonly [number, number] {
  const [, first, last = first] = /^(\d+)(?:–(\d+))?$/.exec(row?.cells[0] ?? '') ?? [];
  return [Number(first), Number(last)];
}

const known = new Map<string, ReadonlyMap<string, string>>();

/** The headings of a file, by what a link to them says. */
function headingsOf(path: string): ReadonlyMap<string, string> {
  let found = known.get(path);
  if (found === undefined) {
    const markdown = readFileSync(path, 'utf8').replace(/^```[^]*?^```/gm, '');
    const headings = [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
    found = new Map(headings.map((heading) => [slug(heading), heading]));
    known.set(path, found);
  }
  return found;
}

/** What GitHub makes of a heading for a link to it. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

const counted = new Map<string, number>();

function stepsOf(lesson: string): number {
  const before = counted.get(lesson);
  if (before !== undefined) return before;
  const readme = readFileSync(join(root, 'exercises', lesson, 'README.md'), 'utf8');
  const [steps = ''] = /^## Steps$[^]*?^## /m.exec(readme) ?? [];
  const count = steps.match(/^\d+\. \*\*/gm)?.length ?? 0;
  counted.set(lesson, count);
  return count;
}
