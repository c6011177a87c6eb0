// The workbook checks itself: every lesson stands in every tree, every starter is pristine, compiles, holds a TODO and fails
// every check, every text is complete. (That every solution passes is what test/<lesson>.test.ts proves.)
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RUNGS, readHints } from '../scripts/hints.ts';
import { lessons, placesOf, root, type Lesson } from '../scripts/lessons.ts';
import { programFiles } from '../scripts/prove/specimens.ts';
import { pristineStarters } from '../scripts/starters.ts';
import type { LessonChecks } from './harness/check.ts';
import { overlay } from './harness/overlay.ts';
import { runSuite } from './harness/suite.ts';

test('the trees hold the lessons of the list, and nothing else', () => {
  const names = lessons.map(({ name }) => name).sort();
  const listed = (directory: string, ending: RegExp) =>
    readdirSync(join(root, directory))
      .filter((name) => ending.test(name))
      .map((name) => name.replace(ending, ''))
      .sort();
  expect(readdirSync(join(root, 'exercises')).sort(), 'exercises/').toEqual(names);
  expect(readdirSync(join(root, 'solutions')).sort(), 'solutions/').toEqual(names);
  expect(
    listed('notes', /\.md$/).filter((name) => !EXTRA_NOTES.includes(name)),
    'notes/',
  ).toEqual(names);
  expect(listed('notes/hints', /\.md$/), 'notes/hints/').toEqual(names);
  expect(listed('scripts/demos', /\.ts$/), 'scripts/demos/').toEqual(names);
  const tests = listed('test', /\.test\.ts$/).filter((name) => !OWN_TESTS.includes(name));
  expect(tests, 'test/').toEqual(names);
});

/** Notes that belong to no lesson. */
const EXTRA_NOTES = ['coverage', 'glossary', 'grading', 'layers', 'shell'];
/** Tests of the workbook itself. */
const OWN_TESTS = ['workbook'];

test('a lesson needs only lessons that come before it', () => {
  lessons.forEach(({ name, needs }, index) => {
    const before = lessons.slice(0, index).map((lesson) => lesson.name);
    expect(before, name).toEqual(expect.arrayContaining([...needs]));
  });
});

test('every pristine starter compiles', async () => {
  for (const lesson of lessons) {
    const directory = await overlay(lesson.name, pristineStarters(lesson.name));
    const base = join(directory, '..', '..');
    const own = {
      extends: join(root, 'tsconfig.json'),
      include: ['exercises'],
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
    };
    await writeFile(join(base, 'tsconfig.json'), JSON.stringify(own));
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', base],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }, lesson.name).toEqual({ status: 0, stdout: '' });
  }
});

test('the README names every lesson', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const { name } of lessons)
    expect(readme).toContain(`[${name}](exercises/${name}/README.md)`);
});

for (const lesson of lessons) {
  describe(lesson.name, () => {
    const { name } = lesson;
    const places = placesOf(lesson);
    const starter = pristineStarters(name);
    const code = new Map([...starter].filter(([path]) => path.endsWith('.ts')));

    test('has the same program files in starter and solution', () => {
      expect([...code.keys()].sort()).toEqual(programFiles(join(root, places.solution)));
      for (const program of lesson.programs)
        expect([...code.keys()]).toContain(`${program.name}.ts`);
    });

    test('marks every hole of its starter with a TODO, and its solution has none', () => {
      expect([...code.values()].join('\n')).toMatch(/\/\/ TODO: step 1: /);
      for (const [path, text] of code) {
        if (/\btodo\(/.test(text)) expect(text, path).toMatch(/\/\/ TODO: step \d+: /);
      }
      for (const file of programFiles(join(root, places.solution))) {
        expect(readFileSync(join(root, places.solution, file), 'utf8'), file).not.toMatch(
          /\bTODO\b|#todo/,
        );
      }
    });

    test('declares checks with unique ids for steps 1 to n, worth 100 points', async () => {
      const { steps, checks, diagnoses } = await checksOf(lesson);
      expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
      expect(new Set(diagnoses.map(({ id }) => id)).size).toBe(diagnoses.length);
      expect(checks.reduce((sum, { points }) => sum + points, 0)).toBe(100);
      expect(checks.every(({ points }) => points > 0)).toBe(true);
      expect([...new Set(checks.map(({ step }) => step))]).toEqual(
        steps.map((_, index) => index + 1),
      );
    });

    test('explains its steps, under the same titles, in README and hints', async () => {
      const { steps } = await checksOf(lesson);
      const readme = starter.get('README.md') ?? '';
      for (const section of SECTIONS) expect(readme).toMatch(new RegExp(`^## ${section}$`, 'm'));
      expect(readme).toContain('This starter fails on purpose');
      expect(readme.match(/^\d+\. \*\*(.+?)\*\*/gm)?.slice(-steps.length)).toEqual(
        steps.map((title, index) => `${index + 1}. **${title}**`),
      );
      const hints = readFileSync(join(root, places.hints), 'utf8');
      expect(hints.match(/^## .*$/gm)).toEqual(
        steps.map((title, index) => `## Step ${index + 1}: ${title}`),
      );
      for (const [index, rungs] of readHints(lesson).entries()) {
        expect(rungs.length, `rungs of step ${index + 1}`).toBe(RUNGS);
        for (const rung of rungs) expect(rung.length, rung).toBeGreaterThan(20);
      }
    });

    test('every diagnosis points to a hint of a step', async () => {
      const { steps, diagnoses } = await checksOf(lesson);
      const lost = diagnoses.filter(
        ({ step, hint = 0 }) =>
          hint < 1 || hint > RUNGS || (step !== undefined && (step < 1 || step > steps.length)),
      );
      expect(lost.map(({ id }) => id)).toEqual([]);
    });

    test('has nothing left to write', () => {
      const files = [places.checks, places.note, places.hints, `scripts/demos/${name}.ts`];
      const texts = [
        ...starter,
        ...files.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const),
      ];
      expect(texts.filter(([, text]) => /TO WRITE/.test(text)).map(([file]) => file)).toEqual([]);
      expect(`${lesson.title} ${lesson.chinese}`).not.toMatch(/TO WRITE/);
    });

    test('links only to files that are there', () => {
      const texts = [
        [places.note, readFileSync(join(root, places.note), 'utf8')],
        [`${places.starter}/README.md`, starter.get('README.md') ?? ''],
      ] as const;
      for (const [file, text] of texts) {
        for (const [, target = ''] of withoutCode(text).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
          expect(existsSync(join(root, file, '..', target)), `${file} → ${target}`).toBe(true);
        }
      }
    });

    test('fails every check while it is a starter', async () => {
      const checks = await checksOf(lesson);
      const subject = {
        directory: await overlay(name, starter),
        reference: join(root, places.solution),
      };
      const { checks: results } = await runSuite(checks, subject, {
        seed: 'starter',
        extent: 'all',
        jobs: 3,
      });
      const wrong = results.filter(({ verdict }) => verdict === 'passed' || verdict === 'infra');
      expect(wrong.map(({ id, verdict, trouble }) => ({ id, verdict, trouble }))).toEqual([]);
    });
  });
}

const SECTIONS = [
  'Goal',
  'Try it',
  'Predict',
  'The contract',
  'Steps',
  'Bad input',
  'After you pass',
];

/** Markdown without its code, in which brackets mean something else. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

async function checksOf(lesson: Lesson): Promise<LessonChecks> {
  return (await import(join(root, placesOf(lesson).checks))).default as LessonChecks;
}
