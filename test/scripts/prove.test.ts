// Proves the proof: what it makes of what the checks said, which changes it tries, and that it goes on where it was.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LessonChecks } from '../harness/check.ts';
import type { Verdict } from '../harness/failure.ts';
import type { Mistake } from '../mistakes/mistake.ts';
import { lessons, placesOf, root, type Lesson } from '../../scripts/lessons.ts';
import { partsOf } from '../../scripts/prove/parts.ts';
import checks from '../tcp-echo.test.ts';
import {
  faultsOfMistake as faultsOf,
  faultsOfNothing,
  faultsOfRight,
  naming,
  needless,
  type Exhibit,
} from '../../scripts/prove/judge.ts';
import { drawMatrix } from '../../scripts/prove/matrix.ts';
import { mutantsOf } from '../../scripts/prove/mutants.ts';
import { clone } from './clone.ts';

const lesson = lessons.find(({ name }) => name === 'tcp-echo') as Lesson;
const [first = '', second = '', third = ''] = checks.checks.map(({ id }) => id);
const mistake: Mistake = { id: 'deaf', belief: 'it hears', caughtBy: first, diagnosis: 'deaf' };

/** A mistake of which the checks said this; all others passed. */
function exhibit(said: Record<string, [Verdict, string?]>, id = 'deaf'): Exhibit {
  return {
    specimen: { lesson, kind: 'mistake', id, layers: [], mistake },
    record: {
      key: '',
      said: checks.checks.map(({ id: check }) => {
        const [verdict, diagnosis] = said[check] ?? ['passed'];
        return { check, verdict, duration: 1, key: '', ...(diagnosis ? { diagnosis } : {}) };
      }),
    },
  };
}

const declaredAs = ({ specimen, record }: Exhibit, declared: Mistake): Exhibit => ({
  specimen: { ...specimen, mistake: declared },
  record,
});

const faultsOfMistake = (one: Exhibit, declared: Mistake) => faultsOf(declaredAs(one, declared));

describe('the judge', () => {
  test('a mistake must be caught by its check, under its name', () => {
    expect(faultsOfMistake(exhibit({ [first]: ['failed', 'deaf'] }), mistake)).toEqual([]);
    expect(faultsOfMistake(exhibit({}), mistake)).toEqual([
      `${first} passes, and is there to catch it`,
    ]);
    const other = exhibit({ [first]: ['timed out', 'dumb'] });
    expect(faultsOfMistake(other, mistake).join()).toContain(`${first} calls it dumb, not deaf`);
    const unnamed = exhibit({ [first]: ['failed'] });
    expect(faultsOfMistake(unnamed, mistake).join()).toContain('calls it nothing, not deaf');
    expect(faultsOfMistake(exhibit({}), { ...mistake, caughtBy: 'gone' })).toEqual([
      'there is no check gone',
    ]);
  });

  test('what else a mistake fails is declared, and what is declared fails', () => {
    const both = exhibit({ [first]: ['failed', 'deaf'], [second]: ['crashed'] });
    expect(faultsOfMistake(both, mistake).join()).toContain(`${second} fails as well`);
    expect(faultsOfMistake(both, { ...mistake, alsoFails: [second] })).toEqual([]);
    expect(faultsOfMistake(both, { ...mistake, mayFail: [second, third] })).toEqual([]);
    expect(faultsOfMistake(both, { ...mistake, alsoFails: [second, third] })).toEqual([
      `${third} passes, but is declared to fail as well`,
    ]);
  });

  test('no check gives a mistake a name that is not declared to be true of it', () => {
    const both = exhibit({ [first]: ['failed', 'deaf'], [second]: ['failed', 'mute'] });
    const declared = { ...mistake, alsoFails: [second] };
    expect(faultsOfMistake(both, declared).join()).toContain(`${second} calls it mute`);
    expect(faultsOfMistake(both, { ...declared, alsoNamed: ['mute'] })).toEqual([]);
    expect(naming([declaredAs(both, { ...declared, alsoNamed: ['mute'] })])).toMatchObject({
      right: 2,
    });
  });

  test('trouble of the workbook itself is never taken for a verdict', () => {
    const trouble = exhibit({ [first]: ['failed', 'deaf'], [second]: ['infra'] });
    expect(faultsOfMistake(trouble, mistake)).toHaveLength(1);
    expect(faultsOfNothing(exhibit({ [first]: ['infra'] }))).toHaveLength(checks.checks.length);
    expect(faultsOfRight(exhibit({ [first]: ['infra'] }))).toHaveLength(1);
    expect(faultsOfRight(exhibit({ [first]: ['skipped'] }))).toEqual([]);
  });

  test('a check that catches nothing alone is named, and how failures are called is counted', () => {
    const one = exhibit({ [first]: ['failed', 'deaf'] });
    const two = exhibit({
      [first]: ['failed', 'deaf'],
      [second]: ['failed'],
      [third]: ['failed', 'x'],
    });
    expect(needless(checks, [one])).not.toContain(first);
    expect(needless(checks, [two])).toContain(first);
    expect(naming([one, two])).toEqual({ right: 2, unnamed: 1, other: 1 });
  });

  test('the matrix shows who caught whom', () => {
    const row = exhibit({
      [first]: ['failed', 'deaf'],
      [second]: ['crashed', 'deaf'],
      [third]: ['failed'],
    });
    const [, ones, ...rows] = drawMatrix(checks, [row]);
    expect(ones?.startsWith('         12345678901')).toBe(true);
    expect(rows).toEqual([`deaf     ■●○${'·'.repeat(checks.checks.length - 3)}`]);
  });
});

describe('mutants', () => {
  test('each is the program with one change, and has a name that stays when other lines change', async () => {
    const source = 'export const isOdd = (n: number) => n % 2 === 1;\n';
    const mutants = await mutantsOf(new Map([['odd.ts', source]]));
    const texts = mutants.map(({ text }) => text.trim());
    expect(texts).toContain('export const isOdd = (n: number) => n * 2 === 1;');
    expect(texts).toContain('export const isOdd = (n: number) => n % 2 !== 1;');
    expect(new Set(texts).size).toBe(texts.length);
    const moved = await mutantsOf(new Map([['odd.ts', `// 奇数\n\n${source}`]]));
    expect(moved.map(({ id }) => id)).toEqual(mutants.map(({ id }) => id));
    expect(moved.map(({ line }) => line)).toEqual(mutants.map(({ line }) => line + 2));
  });
});

describe('the parts of a test file', () => {
  const source = (changes: Record<string, string> = {}) =>
    `import { lesson } from '#harness';
const PLACES = ['北京'];
type Line = string;
const checks = [
  { id: 'one', title: 'asks', async run(trial) { await ask(trial, '${changes['one'] ?? '你好'}'); } },
  { id: 'two', title: 'looks', run: (trial) => look(trial as Line) },
${changes['third'] ?? ''}];
export default lesson({
  checks: checks.map((check) => onlyOn('${changes['frame'] ?? 'linux'}', check)),
  diagnoses: [{ id: 'deaf', when: ({ heard }) => heard === ${changes['deaf'] ?? 'word()'} }],
});
async function ask(trial, text) { return trial.say(text, PLACES${changes['ask'] ?? ''}); }
function look() { return ${changes['look'] ?? '1'}; }
function onlyOn(system, check) { return { ...check, system${changes['onlyOn'] ?? ''} }; }
function word() { return ${changes['word'] ?? "'x'"}; }
`;
  const changed = (changes: Record<string, string>) => {
    const [before, after] = [partsOf(source()), partsOf(source(changes))];
    const ids = [...before.checks.keys()].filter(
      (id) => before.checks.get(id) !== after.checks.get(id),
    );
    return [...ids, ...(before.diagnoses === after.diagnoses ? [] : ['diagnoses'])];
  };

  test('a check rests on its own text and on what that reaches, and on nothing else', () => {
    expect(changed({})).toEqual([]);
    expect(changed({ one: '再见' })).toEqual(['one']);
    expect(changed({ ask: '[0]' })).toEqual(['one']);
    expect(changed({ look: '2' })).toEqual(['two']);
    expect(changed({ deaf: '1' })).toEqual(['diagnoses']);
    expect(changed({ word: '2' })).toEqual(['diagnoses']);
  });

  test('a check more changes no other check', () => {
    expect(changed({ third: "  { id: 'three', run: (trial) => ask(trial, '') },\n" })).toEqual([]);
  });

  test('what all checks are put together by counts for each of them', () => {
    expect(changed({ frame: 'darwin' })).toEqual(['one', 'two', 'diagnoses']);
    expect(changed({ onlyOn: ': 1' })).toEqual(['one', 'two', 'diagnoses']);
  });

  test.each(lessons)('$name: each check is found in its file', async (own) => {
    const place = join(root, placesOf(own).checks);
    const { default: declared } = (await import(place)) as { default: LessonChecks };
    const { checks: found } = partsOf(readFileSync(place, 'utf8'));
    expect([...found.keys()].sort()).toEqual(declared.checks.map(({ id }) => id).sort());
  });
});

describe('npm run prove', () => {
  test('proves what has changed, and nothing else', async () => {
    const book = await clone();
    try {
      const run = async () =>
        (
          await book.ex(['prove', 'talk-split', '--only', 'nothing', '--match', 'empty'])
        ).stdout.match(/^\d+ to prove.*$/m)?.[0];
      const change = (path: string, from: string, to: string) => {
        const text = readFileSync(book.path(path), 'utf8');
        writeFileSync(book.path(path), text.replace(from, to));
      };
      expect(await run()).toBe('1 to prove, 0 proved before and unchanged');
      expect(await run()).toBe('0 to prove, 1 proved before and unchanged');
      const kept = book.path('.workbook/prove/talk-split/nothing');
      expect(readdirSync(kept)).toEqual(['empty.json']);
      const keys = () => {
        const record = readFileSync(`${kept}/empty.json`, 'utf8');
        return (JSON.parse(record) as { said: { key: string }[] }).said.map(({ key }) => key);
      };
      const before = keys();
      // One check: the others keep what they said.
      change('test/talk-split.test.ts', "title: '", "title: '又");
      expect(await run()).toBe('1 to prove, 0 proved before and unchanged');
      expect(keys().filter((key) => !before.includes(key))).toHaveLength(1);
      // What all of them rest on.
      change('solutions/talk-split/talk-split.ts', '\n', '\n// changed\n');
      expect(await run()).toBe('1 to prove, 0 proved before and unchanged');
      expect(keys().filter((key) => before.includes(key))).toEqual([]);
    } finally {
      await book.remove();
    }
  });

  test('Ctrl+C keeps what was proved', async () => {
    const book = await clone();
    try {
      const proof = book.start(['prove', 'talk-split', '--only', 'nothing', '--jobs', '1']);
      await proof.until(/\d\/\d/);
      proof.child.kill('SIGINT');
      const { status, stdout } = await proof.ended;
      expect(status).toBe(130);
      expect(stdout).toContain('npm run prove goes on from here');
    } finally {
      await book.remove();
    }
  });

  test('says what it does not know', async () => {
    const book = await clone();
    try {
      const { status, stderr } = await book.ex(['prove', 'tcp-echo', '--only', 'luck']);
      expect(status).toBe(2);
      expect(stderr).toBe(
        'workbook: --only takes nothing, variant, mistake, solution, mutant, attack\n',
      );
    } finally {
      await book.remove();
    }
  });
});
