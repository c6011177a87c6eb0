// Proves the diagnoses: every known mistake fails its check and gets its diagnosis; every other right program passes.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { lessons, loadChecks, placesOf, root } from '../../scripts/lessons.ts';
import { runCheck } from '../harness/check.ts';
import { overlay } from '../harness/overlay.ts';
import { newSeed } from '../harness/trial.ts';
import type { Mistake, Variant } from './mistake.ts';

const seed = process.env.WORKBOOK_SEED ?? newSeed();

for (const lesson of lessons) {
  const directory = join(root, 'test', 'mistakes', lesson.name);
  const list = join(directory, 'mistakes.ts');
  if (![list, join(root, placesOf(lesson).checks)].every(existsSync)) {
    // The proofs of the other lessons go on: a lesson that is being written must not stop them.
    test(`${lesson.name} has checks, and mistakes that prove them`, ({ expect }) => {
      expect(existsSync(list), list).toBe(true);
      expect(existsSync(join(root, placesOf(lesson).checks)), placesOf(lesson).checks).toBe(true);
    });
    continue;
  }
  const { mistakes, variants } = (await import(list)) as {
    mistakes: readonly Mistake[];
    variants: readonly Variant[];
  };
  const checks = (await import(join(root, placesOf(lesson).checks))).default as ReturnType<
    typeof loadChecks
  >;
  const solution = join(root, placesOf(lesson).solution);

  describe.concurrent(`${lesson.name} (seed ${seed})`, () => {
    test('every directory is declared, and the other way round', ({ expect }) => {
      const declared = [...mistakes, ...variants].map(({ id }) => id);
      const found = readdirSync(directory, { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      );
      expect(found.map(({ name }) => name).sort()).toEqual(declared.sort());
    });

    for (const { id, belief, caughtBy, diagnosis } of mistakes) {
      test(`${id}: “${belief}” is caught by ${caughtBy} and called ${diagnosis}`, async ({
        expect,
        skip,
      }) => {
        const check = checks.checks.find((one) => one.id === caughtBy);
        if (!check) throw new Error(`there is no check ${caughtBy}`);
        const subject = {
          directory: await overlay(lesson.name, solution, join(directory, id)),
          reference: solution,
        };
        const result = await runCheck(checks, check, subject, { seed });
        if (result.verdict === 'skipped') skip(result.lacks);
        expect(result.verdict, result.trouble).not.toBe('infra');
        expect(
          {
            verdict: result.verdict === 'passed' ? 'passed' : 'not passed',
            diagnosis: result.diagnosis?.id,
          },
          result.saw,
        ).toEqual({
          verdict: 'not passed',
          diagnosis,
        });
      });
    }

    for (const { id, about } of variants) {
      test(`${id}: ${about}; passes every check`, async ({ expect }) => {
        const subject = {
          directory: await overlay(lesson.name, join(directory, id)),
          reference: solution,
        };
        for (const check of checks.checks) {
          const result = await runCheck(checks, check, subject, { seed });
          const why = `${check.id}: ${result.saw ?? result.trouble}`;
          expect(result.verdict, why).toBeOneOf(['passed', 'skipped']);
        }
      });
    }
  });
}
