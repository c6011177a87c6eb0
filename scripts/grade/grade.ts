// `npm run grade`: from a folder of submissions to marks.
//
//   npm run grade -- submissions/ --out report/       a class
//       --lesson tcp-echo --student 李雷               only these; may be given more than once
//       --resume                                      goes on where a run was interrupted or killed
//       --regrade-changed                             only what has changed since: submissions, checks
//       --late late.csv --late-per-day 10 --weights weights.csv
//       --shard 3/10                                  the third of ten parts of the class, for the third of ten machines
//       --jobs 2 --seed 1a2b --unsafe
//   npm run grade -- one alice.zip --out results.json --format gradescope
//   npm run grade -- one alice.zip --out report/       into the results of a class
//   npm run grade -- merge report-1/ report-2/ --out report/
//   npm run grade -- report report/                   the tables and the page once more
//   npm run grade -- package gradescope --out autograder.zip
//   npm run grade -- sandbox                          how well programs can be kept apart here
//
// Exit status: 0 all is graded; 1 something could not be graded, and a person has to look; 2 wrong usage; 75 (`one`) trouble
// on this side, try again; 130 interrupted, `--resume` goes on.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clean } from '../../test/harness/bytes.ts';
import { newSeed } from '../../test/harness/trial.ts';
import { findLesson, lessons as allLessons, type Lesson } from '../lessons.ts';
import { bar, columns, print, warn } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { adapters, exitStatus } from './adapters/index.ts';
import { junit } from './adapters/junit.ts';
import { gradeClass } from './class-run.ts';
import { gradeOne, Interrupted, suiteOf } from './grade-one.ts';
import { accept } from './intake/accept.ts';
import { submissionsIn, type Submission } from './intake/submissions.ts';
import { packageAutograder } from './package.ts';
import type { GradeRecord, Level } from './record.ts';
import { foldClass } from './report/class.ts';
import { gradesCsv } from './report/grades-csv.ts';
import { lateFactors } from './report/late.ts';
import { renderPage } from './report/page.ts';
import { drawTable } from './report/table.ts';
import { lessonWeights } from './report/weights.ts';
import { allResults, readRun, writeResult, writeRun, writeWhole } from './results.ts';
import { probe } from './sandbox.ts';

/** Resolves with the exit status. */
export async function grade(words: readonly string[]): Promise<number> {
  if (words[0] === 'package') {
    await packageAutograder(words.slice(1));
    return 0;
  }
  const { values, positionals } = readWords(words);
  const [first, ...rest] = positionals;
  if (first === undefined) throw new UserError(USAGE);
  if (first === 'one' && rest.length === 1) return one(rest[0] ?? '', values);
  if (first === 'sandbox' && rest.length === 0) return sandbox();
  if (first === 'merge' && rest.length > 0) return merge(rest, values);
  if (first === 'report' && rest.length === 1) return report(rest[0] ?? '', values);
  if (rest.length > 0) throw new UserError(USAGE);
  return wholeClass(first, values);
}

const USAGE =
  'usage: npm run grade -- <submissions> --out <report> [--lesson x] [--student x] [--resume] [--regrade-changed]; or: one <submission>, merge <report> ..., report <report>, package gradescope';

/** How many users /etc/subuid gives to one account at least, as distributions set it up, with room left. */
const SLOTS = 30_000;

type Values = ReturnType<typeof readWords>['values'];

async function wholeClass(folder: string, values: Values): Promise<number> {
  const out = resolve(values.out ?? 'report');
  const { submissions, refused } = await submissionsIn(folder);
  for (const { path, why } of refused) warn(`${path} is left out: ${why}`);
  const chosen = shardOf(chooseStudents(submissions, values.student), values.shard);
  const lessons = chooseLessons(values.lesson);
  const level = await levelFor(values.unsafe);
  const seed = await begin(out, lessons, level, values);
  const suite = await suiteOf(lessons);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  process.once('SIGTERM', () => interrupted.abort());
  const progress = createProgress(chosen.length);
  try {
    await gradeClass(chosen, {
      out,
      suite,
      level,
      seed,
      jobs: readJobs(values.jobs, level),
      which: values.resume ? 'missing' : values['regrade-changed'] ? 'changed' : 'all',
      signal: interrupted.signal,
      onRecord: progress.done,
    });
  } catch (error) {
    progress.end();
    if (!(error instanceof Interrupted)) throw error;
    print(
      '',
      'interrupted. What was graded is kept: the same line with --resume goes on from here.',
    );
    return 130;
  }
  progress.end();
  return report(out, values);
}

/** Folds the records of a run into what people read. */
async function report(folder: string, values: Values): Promise<number> {
  const out = resolve(folder);
  const records = await allResults(out);
  const options = {
    ...(values.weights ? { weights: lessonWeights(await readTable(values.weights)) } : {}),
    ...(values.late
      ? { late: lateFactors(await readTable(values.late), Number(values['late-per-day'])) }
      : {}),
  };
  const folded = foldClass(records, options);
  for (const name of folded.strangers)
    warn(`${clean(name, 60)} in ${values.late} is nobody in this class`);
  await writeWhole(join(out, 'grades.csv'), gradesCsv(folded));
  await writeWhole(join(out, 'junit.xml'), junit(records));
  await writeWhole(join(out, 'report.html'), renderPage(folded));
  print(
    '',
    ...drawTable(folded),
    '',
    `${join(folder, 'report.html')}, grades.csv, junit.xml, results/`,
    '',
  );
  return records.some(hasUngraded) ? 1 : 0;
}

async function one(path: string, values: Values): Promise<number> {
  const adapter = adapters.find(({ name }) => name === values.format);
  if (!adapter && values.format !== 'json')
    throw new UserError(`--format is json, ${adapters.map(({ name }) => name).join(', ')}`);
  const lessons = chooseLessons(values.lesson);
  const level = await levelFor(values.unsafe);
  const [student = ''] = values.student;
  const record = await gradeOne(
    student || basename(resolve(path)).replace(/\.(zip|tar\.gz|tgz|tar)$/i, ''),
    await accept({ path }, lessons),
    {
      suite: await suiteOf(lessons),
      level,
      slot: { number: Number(process.env['WORKBOOK_SLOT']) || process.pid % SLOTS },
      seed: values.seed ?? newSeed(),
      signal: new AbortController().signal,
    },
  );
  const text = adapter ? adapter.write(record) : `${JSON.stringify(record, null, 1)}\n`;
  if (!adapter && values.out?.endsWith('/')) await writeResult(resolve(values.out), record);
  else if (values.out === undefined) process.stdout.write(text);
  else await writeWhole(resolve(values.out), text);
  return exitStatus([record]);
}

async function sandbox(): Promise<number> {
  const { level, why } = await probe();
  print(level, ...why.map((line) => `  not ${line}`));
  return level === 'none' ? 1 : 0;
}

/** Puts the parts of a class that were graded on several machines together. */
async function merge(folders: readonly string[], values: Values): Promise<number> {
  if (values.out === undefined) throw new UserError('merge needs --out <report>');
  const out = resolve(values.out);
  const seen = new Map<string, string>();
  for (const folder of folders) {
    for (const record of await allResults(resolve(folder))) {
      const other = seen.get(record.student);
      if (other !== undefined)
        throw new UserError(`${clean(record.student, 60)} is in ${other} and in ${folder}`);
      seen.set(record.student, folder);
      await writeResult(out, record);
    }
  }
  const records = await allResults(out);
  const differ = (of: (record: GradeRecord) => string) => new Set(records.map(of)).size;
  for (const [count, what] of [
    [differ(({ suite }) => suite), 'versions of the workbook'],
    [differ(({ seed }) => seed), 'seeds'],
    [differ(({ sandbox: level }) => level), 'levels of the sandbox'],
  ] as const)
    if (count > 1) warn(`graded with ${count} different ${what}: the marks may not compare`);
  return report(out, values);
}

/** Refuses what would mix two runs, and settles the seed. */
async function begin(
  out: string,
  lessons: readonly Lesson[],
  level: Level,
  values: Values,
): Promise<string> {
  const before = await readRun(out);
  const goesOn = values.resume || values['regrade-changed'];
  if (!before && existsSync(join(out, 'results')))
    throw new UserError(`${out} has results, but no run.json: give another --out`);
  if (before && !goesOn)
    throw new UserError(
      `${out} has results: go on with --resume or --regrade-changed, or give another --out`,
    );
  const names = lessons.map(({ name }) => name);
  if (before && goesOn) {
    if (before.sandbox !== level)
      throw new UserError(
        `${out} was begun with sandbox ${before.sandbox}, and here it is ${level}`,
      );
    if (before.lessons.join() !== names.join())
      throw new UserError(`${out} was begun with other lessons: ${before.lessons.join(', ')}`);
    if (values.seed !== undefined && values.seed !== before.seed)
      throw new UserError(`${out} was begun with the seed ${before.seed}`);
    return before.seed;
  }
  const seed = values.seed ?? newSeed();
  await writeRun(out, { seed, sandbox: level, lessons: names });
  return seed;
}

/** The sandbox that this machine has. Throws {@link UserError} if there is none and `--unsafe` is not said. */
async function levelFor(unsafe: boolean): Promise<Level> {
  const { level, why } = await probe();
  if (level === 'none' && !unsafe)
    throw new UserError(
      `there is no sandbox here, so nothing is graded (--unsafe grades all the same):\n  ${why.join('\n  ')}`,
      1,
    );
  process.stderr.write(`sandbox: ${level}${why.map((line) => `\n  not ${line}`).join('')}\n`);
  return level;
}

function chooseLessons(names: readonly string[]): readonly Lesson[] {
  if (names.length === 0) return allLessons;
  const chosen = new Set(names.map((name) => findLesson(name).name));
  return allLessons.filter(({ name }) => chosen.has(name));
}

function chooseStudents(
  submissions: readonly Submission[],
  names: readonly string[],
): readonly Submission[] {
  for (const name of names) {
    if (!submissions.some(({ student }) => student === name.normalize('NFC')))
      throw new UserError(`there is no submission of ${clean(name, 60)}`);
  }
  if (names.length === 0) return submissions;
  const chosen = new Set(names.map((name) => name.normalize('NFC')));
  return submissions.filter(({ student }) => chosen.has(student));
}

/** Every n-th of them: `3/10` is the third of ten parts, which together are all. The order is that of the names. */
function shardOf(
  submissions: readonly Submission[],
  shard: string | undefined,
): readonly Submission[] {
  if (shard === undefined) return submissions;
  const [, part, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(shard) ?? []).map(Number);
  if (!part || !of || part > of)
    throw new UserError('--shard takes a part and how many there are: 3/10');
  return submissions.filter((_, index) => index % of === part - 1);
}

async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${(error as Error).message}`, 1, { cause: error });
  }
}

function readJobs(text: string | undefined, level: Level): number {
  const jobs = text === undefined ? availableParallelism() : Number(text);
  if (!Number.isInteger(jobs) || jobs < 1) throw new UserError('--jobs takes a number from 1');
  if (level === 'namespaces' || jobs === 1) return jobs;
  // On one network, a program could let that of another submission do its work.
  if (text !== undefined)
    warn(`one after the other, since with sandbox ${level} all share one network`);
  return 1;
}

function hasUngraded({ lessons }: GradeRecord): boolean {
  return lessons.some(
    ({ state, checks }) =>
      state === 'ungraded' || checks.some(({ verdict }) => verdict === 'infra'),
  );
}

function readWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        out: { type: 'string' },
        lesson: { type: 'string', multiple: true, default: [] },
        student: { type: 'string', multiple: true, default: [] },
        jobs: { type: 'string' },
        seed: { type: 'string' },
        shard: { type: 'string' },
        resume: { type: 'boolean', default: false },
        'regrade-changed': { type: 'boolean', default: false },
        late: { type: 'string' },
        'late-per-day': { type: 'string', default: '10' },
        weights: { type: 'string' },
        format: { type: 'string', default: 'json' },
        unsafe: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** `[████░░] 12/200, 3 min left: 李雷`, over itself in a terminal, now and then elsewhere. */
function createProgress(of: number): {
  done(student: string, state: 'graded' | 'kept' | 'again'): void;
  end(): void;
} {
  const began = performance.now();
  const terminal = process.stderr.isTTY;
  let count = 0;
  let worked = 0;
  return {
    done(student, state) {
      if (state !== 'again') count += 1;
      if (state !== 'kept') worked += 1;
      const left = worked === 0 ? 0 : ((performance.now() - began) / worked) * (of - count);
      const line = `${bar(count, of, 24)} ${count}/${of}, ${Math.ceil(left / 60_000)} min left`;
      if (terminal)
        process.stderr.write(`\r\x1b[K${line}: ${clean(student, Math.max(columns() - 50, 10))}`);
      else if (count % Math.ceil(of / 10) === 0) process.stderr.write(`${line}\n`);
    },
    end() {
      if (terminal) process.stderr.write('\r\x1b[K');
    },
  };
}
