// The shape of `test/<lesson>.test.ts`: checks declared as data. Two hosts run them: vitest (`npm test`), here below, and
// the runner's own process (`npm run ex -- <lesson> --test`), which is started and done before vitest has loaded.
import { fileURLToPath } from 'node:url';
import { runCheck, type LessonChecks } from './check.ts';
import { reportFailure } from './report.ts';
import { newSeed, type Subject } from './trial.ts';

/** Declares the checks of a lesson. In vitest, and in the lesson's own test file, they become its tests. */
export function lesson(checks: LessonChecks): LessonChecks {
  const vitest = globalThis as unknown as Partial<Vitest>;
  const { describe, test, expect } = vitest;
  // Other tests may read a lesson's checks; only its own file runs them.
  const own = expect?.getState().testPath?.endsWith(`/${checks.lesson}.test.ts`);
  if (describe && test && own) describeLesson(checks, describe, test);
  return checks;
}

/** The programs of a lesson in one of the workbook's trees. */
export function subjectIn(tree: 'exercises' | 'solutions', lesson: string): Subject {
  const directory = (of: string) =>
    fileURLToPath(new URL(`../../${of}/${lesson}`, import.meta.url));
  return { directory: directory(tree), reference: directory('solutions') };
}

interface Vitest {
  describe: { concurrent(name: string, body: () => void): void };
  test(name: string, body: (context: { skip(why?: string): void }) => Promise<void>): void;
  expect: { getState(): { testPath?: string } };
}

/** `npm test` proves the solutions; WORKBOOK_TREE=exercises looks at the starters instead. */
function describeLesson(
  checks: LessonChecks,
  describe: Vitest['describe'],
  test: Vitest['test'],
): void {
  const tree = process.env.WORKBOOK_TREE === 'exercises' ? 'exercises' : 'solutions';
  const seed = process.env.WORKBOOK_SEED ?? newSeed();
  // At the same time, as the runner does it: a check mostly waits for its program.
  describe.concurrent(`${checks.lesson} (${tree}, seed ${seed})`, () => {
    for (const check of checks.checks) {
      test(`step ${check.step}: ${check.title}`, async ({ skip }) => {
        const result = await runCheck(checks, check, subjectIn(tree, checks.lesson), { seed });
        if (result.verdict === 'skipped') skip(result.lacks);
        else if (result.verdict !== 'passed')
          throw new Error(reportFailure(result, { lesson: checks.lesson }).join('\n'));
      });
    }
  });
}
