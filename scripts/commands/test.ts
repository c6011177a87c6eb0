// `npm run ex -- <lesson> --test`: the checks of one lesson, step by step; without a lesson the graded suite over all.
import type { CheckResult, LessonChecks } from '../../test/harness/check.ts';
import { holdsUp, isFailed } from '../../test/harness/failure.ts';
import { subjectIn } from '../../test/harness/lesson.ts';
import { reportFailure } from '../../test/harness/report.ts';
import { runSuite, type LessonResult } from '../../test/harness/suite.ts';
import { newSeed } from '../../test/harness/trial.ts';
import { openKeepsakes, type Keepsakes } from '../keepsakes.ts';
import { didYouMean, lessons, loadChecks, placesOf, type Lesson } from '../lessons.ts';
import { bar, colour, columns, paint, print } from '../screen.ts';
import { typeErrors } from '../type-errors.ts';
import { UserError } from '../user-error.ts';
import { printPlaces } from './run.ts';

export interface TestOptions {
  readonly solution: boolean;
  readonly json: boolean;
  /** All checks, also those after the first step that fails. */
  readonly all: boolean;
  readonly check?: string;
  readonly seed?: string;
}

/** Exit status: 0 all passed, 1 a check failed, 3 the workbook itself had trouble. */
export async function testLesson(lesson: Lesson, options: TestOptions): Promise<number> {
  const checks = loadChecks(lesson);
  const { solution, json, all, check, seed = newSeed() } = options;
  if (check !== undefined && !checks.checks.some(({ id }) => id === check)) {
    throw new UserError(
      `${lesson.name} has no check "${check}"${didYouMean(
        check,
        checks.checks.map(({ id }) => id),
      )}`,
    );
  }
  const tree = solution ? 'solutions' : 'exercises';
  const keepsakes = await openKeepsakes();
  if (!solution) await keepsakes.snapshot(lesson, 'test');
  if (!json) printPlaces(lesson);

  const printer = json ? undefined : createPrinter(checks, { solution, seed });
  const result = await runSuite(checks, subjectIn(tree, lesson.name), {
    seed,
    extent: all || json ? 'all' : 'until-failure',
    ...(check === undefined ? {} : { only: [check] }),
    ...(printer ? { onResult: printer.result } : {}),
  });
  printer?.end(result);
  if (!solution && check === undefined) await noteResult(keepsakes, result);

  const directory = solution ? placesOf(lesson).solution : placesOf(lesson).starter;
  const types = await typeErrors(directory);
  if (json) print(JSON.stringify({ ...result, typeErrors: types.lines }, jsonBytes, 2));
  else if (isReadable(result)) printTypeErrors(types.lines);
  return status([result]);
}

/** The graded suite over the whole of `exercises/`: a table of points per lesson and the total. */
export async function testAll({ solution, json, seed = newSeed() }: TestOptions): Promise<number> {
  const keepsakes = await openKeepsakes();
  const results: LessonResult[] = [];
  if (!json) print('', paint.dim(`  lesson           points   steps   (seed ${seed})`));
  for (const lesson of lessons) {
    if (!solution) await keepsakes.snapshot(lesson, 'test');
    const checks = loadChecks(lesson);
    const result = await runSuite(
      checks,
      subjectIn(solution ? 'solutions' : 'exercises', lesson.name),
      { seed, extent: 'all' },
    );
    results.push(result);
    if (!solution) await noteResult(keepsakes, result);
    if (!json) print(row(result));
  }
  const points = results.reduce((sum, result) => sum + result.points, 0);
  const most = results.reduce((sum, result) => sum + result.maxPoints - result.ungraded, 0);
  if (json)
    print(JSON.stringify({ points, maxPoints: most, seed, lessons: results }, jsonBytes, 2));
  else print(paint.bold(`  ${'total'.padEnd(14)} ${`${points}/${most}`.padStart(8)}`), '');
  return status(results);
}

function row(result: LessonResult): string {
  const { lesson, points, maxPoints, ungraded, passedSteps, steps, checks } = result;
  const trouble = checks.filter(({ verdict }) => verdict === 'infra').length;
  const skipped = checks.filter(({ verdict }) => verdict === 'skipped').length;
  const marks = [
    ...(trouble ? [`${trouble} not judged: trouble in the workbook itself`] : []),
    ...(skipped ? [`${skipped} not judged on this machine`] : []),
  ];
  const mark = marks.length > 0 ? paint.yellow(`  ${marks.join('; ')}`) : '';
  const most = maxPoints - ungraded;
  const ratio = `${passedSteps}/${steps.length}`.padStart(5);
  return `  ${lesson.padEnd(14)} ${`${points}/${most}`.padStart(8)}   ${ratio}   ${bar(points, most, 20)}${mark}`;
}

/** Notes how far a lesson has come. */
export async function noteResult(
  keepsakes: Keepsakes,
  { lesson, passedSteps, steps, points }: LessonResult,
): Promise<void> {
  await keepsakes.note({
    lesson,
    event: 'test',
    tree: 'exercises',
    passedSteps,
    steps: steps.length,
    points,
  });
}

function status(results: readonly LessonResult[]): number {
  const verdicts = results.flatMap(({ checks }) => checks.map(({ verdict }) => verdict));
  if (verdicts.includes('infra')) return 3;
  return verdicts.some(isFailed) ? 1 : 0;
}

/** Bytes in JSON: as base64, with their true length beside them. */
function jsonBytes(_key: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data)
    ? { base64: Buffer.from(data as number[]).toString('base64') }
    : value;
}

export interface Printer {
  /** Prints a verdict as soon as it is there. */
  readonly result: (result: CheckResult) => void;
  /** Prints the first failure in full, and what it all came to. */
  readonly end: (result: LessonResult) => void;
}

export interface PrinterOptions {
  readonly solution: boolean;
  readonly seed: string;
  /** Rows of the ladder; 0 for none. */
  readonly rows?: number;
  /** A step that passes is one line: what fails must fit on the screen. */
  readonly fold?: boolean;
}

export function createPrinter(
  checks: LessonChecks,
  { solution, seed, rows, fold = false }: PrinterOptions,
): Printer {
  const results: CheckResult[] = [];
  const waiting: string[] = [];
  print('');
  return {
    result(result) {
      const { step } = result;
      results.push(result);
      const own = results.filter((one) => one.step === step);
      if (own.length === 1)
        waiting.push(paint.bold(`  step ${step}  ${checks.steps[step - 1] ?? ''}`));
      waiting.push(lineOf(result));
      const all = checks.checks.filter((check) => check.step === step).length;
      if (fold && own.length < all) return;
      if (fold && !own.some(({ verdict }) => holdsUp(verdict))) {
        waiting.splice(
          0,
          waiting.length,
          `  ${paint.green('✓')} step ${step}  ${checks.steps[step - 1] ?? ''} ${paint.dim(`(${all} checks)`)}`,
        );
      }
      print(...waiting.splice(0));
    },
    end(result) {
      for (const { number, title } of result.steps.filter(
        ({ number }) => !results.some(({ step }) => step === number),
      )) {
        print(paint.dim(`  step ${number}  ${title}: not tried yet`));
      }
      const failed = results.find(({ verdict }) => holdsUp(verdict));
      if (failed) {
        const options = {
          lesson: checks.lesson,
          width: columns(),
          colour,
          solution,
          ...(rows === undefined ? {} : { rows }),
        };
        print('', ...reportFailure(failed, options));
      }
      print('', summary(result, seed));
      const done = result.passedSteps === result.steps.length;
      if (done && !solution)
        print(
          paint.dim(
            `  Now "After you pass" in exercises/${checks.lesson}/README.md, then: npm run ex`,
          ),
        );
    },
  };
}

function lineOf({ verdict, title, id, lacks }: CheckResult): string {
  if (verdict === 'passed') return `    ${paint.green('✓')} ${title}`;
  if (verdict === 'skipped')
    return `    ${paint.yellow('-')} ${title} ${paint.dim(`(not judged: ${lacks})`)}`;
  const mark = verdict === 'infra' ? paint.yellow('!') : paint.red('✗');
  // The id of a check that failed is what --check takes.
  return `    ${mark} ${title} ${paint.dim(`(${id.split('/')[1]})`)}`;
}

function summary(
  { passedSteps, steps, points, maxPoints, ungraded, checks, duration }: LessonResult,
  seed: string,
): string {
  const time = `${(duration / 1000).toFixed(1)} s`;
  const seeded = paint.dim(
    `(${checks.length} ${checks.length === 1 ? 'check' : 'checks'}, ${time}, seed ${seed})`,
  );
  const all = passedSteps === steps.length;
  const head = all
    ? paint.green(`All ${steps.length} steps pass`)
    : `${passedSteps} of ${steps.length} steps pass`;
  return `  ${bar(passedSteps, steps.length, 24)} ${head}, ${points} of ${maxPoints - ungraded} points ${seeded}`;
}

/** False if a program could not even be read: then its type errors are the same one again. */
export function isReadable({ checks }: LessonResult): boolean {
  return checks.every(({ diagnosis }) => diagnosis?.id !== 'syntax');
}

/** At most ten: the first ones are usually the cause of the rest. */
export function printTypeErrors(lines: readonly string[]): void {
  if (lines.length === 0) return;
  print(
    '',
    paint.yellow(
      `  Types: ${lines.length} ${lines.length === 1 ? 'place does' : 'places do'} not fit. The program runs all the same.`,
    ),
  );
  print(...lines.slice(0, 10).map((line) => `    ${line}`));
  if (lines.length > 10) print(paint.dim(`    … ${lines.length - 10} more: npm run types`));
}
