// `npm run ex -- submit`: packs a student's work into one zip, by the same rules by which it is graded, and prints a receipt.
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ZipFile } from 'yazl';
import { clean, count } from '../../test/harness/bytes.ts';
import { subjectIn } from '../../test/harness/lesson.ts';
import { overlay } from '../../test/harness/overlay.ts';
import { runSuite, type LessonResult } from '../../test/harness/suite.ts';
import { newSeed } from '../../test/harness/trial.ts';
import { accept, hashOf, type Accepted } from '../grade/intake/accept.ts';
import { isUntouched, treeOf, type LessonFiles } from '../grade/intake/lesson-files.ts';
import type { Refusal } from '../grade/intake/refusal.ts';
import { openKeepsakes } from '../keepsakes.ts';
import { findLesson, lessons, loadChecks, root, type Lesson } from '../lessons.ts';
import { bar, paint, print, warn } from '../screen.ts';
import { standing } from '../standing.ts';
import { UserError } from '../user-error.ts';
import { noteResult } from './test.ts';

/** `receipt.json` in the zip. */
export interface Receipt {
  readonly what: string;
  readonly version: 1;
  /** SHA-256 over the packed files, as grading prints it: see hashOf(). */
  readonly sha256: string;
  /** ISO 8601. */
  readonly at: string;
  /** Of the packed files. */
  readonly bytes: number;
  readonly node: string;
  readonly platform: string;
  readonly lessons: readonly LessonReceipt[];
  readonly leftOut: readonly string[];
  readonly refused: readonly Refusal[];
}

interface LessonReceipt {
  readonly lesson: string;
  /** Over this lesson alone, as it is if only this one is graded. */
  readonly sha256: string;
  readonly files: readonly string[];
  /** Without `points`, the checks were not run. */
  readonly points?: number;
  /** Without the points that could not be judged on the student's machine. */
  readonly maxPoints?: number;
}

const CLAIM =
  'What the student saw on their own machine when this was packed: a claim, no evidence. Grading counts the points again; only the hash can be compared.';

/** The same files give the same entries: the first time that a zip can hold, which has no zone there. */
const TIME = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true };

/** How many files that are left out are named on the screen. */
const NAMED = 8;

/** Packs what has been worked on; throws {@link UserError} if that is nothing, or if the zip cannot stand where it should. */
export async function submit(words: readonly string[]): Promise<void> {
  const { asked, out, checks } = readWords(words);
  const target = targetOf(out);
  const accepted = await accept({ path: join(root, 'exercises') }, asked);
  if (accepted.unreadable !== undefined)
    throw new UserError(`exercises/ cannot be packed: ${accepted.unreadable}`, 1);
  const packed = new Map(
    [...accepted.lessons].filter(([lesson, files]) => !isUntouched(lesson, files)),
  );
  if (packed.size === 0)
    throw new UserError(
      `nothing to hand in yet: ${asked.length === 1 ? `${asked[0]?.name} is` : 'all lessons are'} as at the beginning${whyNothing(accepted)}`,
      1,
    );
  const results = checks ? await runChecks(packed) : new Map<string, LessonResult>();
  const receipt = receiptOf(packed, accepted, results);
  const zip = await zipOf(packed, receipt);
  writeWhole(target, zip);
  printReceipt(receipt, { target, size: zip.length, asked, results });
}

function readWords(words: readonly string[]): {
  asked: readonly Lesson[];
  out: string | undefined;
  checks: boolean;
} {
  const options = { out: { type: 'string' }, 'no-checks': { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options,
      allowPositionals: true,
    });
    const named = positionals.map((typed) => findLesson(typed));
    return {
      asked: named.length === 0 ? lessons : lessons.filter((lesson) => named.includes(lesson)),
      out: values.out,
      checks: !values['no-checks'],
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UserError(
      'usage: npm run ex -- submit [lesson …] [--out file.zip] [--no-checks]',
      2,
      {
        cause: error,
      },
    );
  }
}

/** Where the zip will stand. Nothing that is there already is written over. */
function targetOf(out: string | undefined): string {
  if (out === undefined) return freeTarget();
  const target = resolve(standing(), out);
  if (!target.endsWith('.zip'))
    throw new UserError(`--out ${clean(out)}: a name that ends in .zip`);
  if (existsSync(target))
    throw new UserError(`${clean(out)} is there already: give another name, or remove it first`);
  if (!statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`there is no folder for ${clean(out)}`);
  return target;
}

/** `submission-2026-11-21.zip` where the user stands; the next one of that day ends in -2. */
function freeTarget(): string {
  // In Sweden, dates are written as in ISO 8601.
  const day = new Date().toLocaleDateString('sv-SE');
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `-${number}`;
    const target = join(standing(), `submission-${day}${end}.zip`);
    if (!existsSync(target)) return target;
  }
}

function whyNothing({ refused: [first, ...others] }: Accepted): string {
  if (!first) return '';
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return ` (not accepted: ${first.path}: ${first.why}${more})`;
}

/** Checks what is packed, not what stands in exercises/: a file that is left out is not there when it is graded, either. */
async function runChecks(
  packed: ReadonlyMap<string, LessonFiles>,
): Promise<Map<string, LessonResult>> {
  const keepsakes = await openKeepsakes();
  const seed = newSeed();
  const results = new Map<string, LessonResult>();
  print('', paint.dim(`  lesson           points   steps   (seed ${seed})`));
  for (const [name, files] of packed) {
    const lesson = findLesson(name);
    await keepsakes.snapshot(lesson, 'submit');
    const directory = await overlay(name);
    for (const [path, bytes] of treeOf(name, files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    const subject = { ...subjectIn('exercises', name), directory };
    const result = await runSuite(loadChecks(lesson), subject, { seed, extent: 'all' });
    await noteResult(keepsakes, result);
    results.set(name, result);
    print(row(result));
  }
  return results;
}

function row({ lesson, points, maxPoints, ungraded, passedSteps, steps }: LessonResult): string {
  const most = maxPoints - ungraded;
  const ratio = `${passedSteps}/${steps.length}`.padStart(5);
  const mark = ungraded > 0 ? paint.yellow(`  ${count(ungraded, 'point')} not judged here`) : '';
  return `  ${lesson.padEnd(14)} ${`${points}/${most}`.padStart(8)}   ${ratio}   ${bar(points, most, 20)}${mark}`;
}

function receiptOf(
  packed: ReadonlyMap<string, LessonFiles>,
  { refused, leftOut }: Accepted,
  results: ReadonlyMap<string, LessonResult>,
): Receipt {
  const all = [...packed.values()].flatMap((files) => [...files.values()]);
  return {
    what: CLAIM,
    version: 1,
    sha256: hashOf(packed),
    at: new Date().toISOString(),
    bytes: all.reduce((sum, { length }) => sum + length, 0),
    node: process.versions.node,
    platform: process.platform,
    lessons: [...packed].map(([lesson, files]) => {
      const result = results.get(lesson);
      return {
        lesson,
        sha256: hashOf(new Map([[lesson, files]])),
        files: [...files.keys()],
        ...(result && { points: result.points, maxPoints: result.maxPoints - result.ungraded }),
      };
    }),
    // The texts of the workbook itself were never the student's to hand in.
    leftOut: leftOut.filter(
      (path) => packed.has(path.split('/')[0] ?? '') && !path.endsWith('/README.md'),
    ),
    refused,
  };
}

async function zipOf(packed: ReadonlyMap<string, LessonFiles>, receipt: Receipt): Promise<Buffer> {
  const zip = new ZipFile();
  const options = { ...TIME, mode: 0o100_644 };
  const names = [...packed].flatMap(([lesson, files]) =>
    [...files].map(([path, bytes]) => [`exercises/${lesson}/${path}`, bytes] as const),
  );
  for (const [name, bytes] of names.sort(([a], [b]) => (a < b ? -1 : 1)))
    zip.addBuffer(bytes, name, options);
  zip.addBuffer(Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`), 'receipt.json', options);
  zip.end();
  return await buffer(zip.outputStream);
}

/** Writes a file so that it stands there whole or not at all. */
function writeWhole(target: string, bytes: Buffer): void {
  const part = `${target}.${randomBytes(4).toString('hex')}.part`;
  // With someone who listens, Ctrl+C ends the process between two turns of the event loop, and none is in here.
  const end = () => process.exit(130);
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    writeFileSync(part, bytes, { flag: 'wx' });
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

interface Packing {
  readonly target: string;
  /** Bytes of the zip. */
  readonly size: number;
  readonly asked: readonly Lesson[];
  readonly results: ReadonlyMap<string, LessonResult>;
}

function printReceipt(receipt: Receipt, { target, size, asked, results }: Packing): void {
  const { sha256, at, lessons: packed, leftOut, refused } = receipt;
  const sum = (of: 'points' | 'maxPoints') =>
    packed.reduce((total, lesson) => total + (lesson[of] ?? 0), 0);
  if (results.size > 0)
    print(
      paint.bold(`  ${'total'.padEnd(14)} ${`${sum('points')}/${sum('maxPoints')}`.padStart(8)}`),
    );
  const unfinished = [...results.values()].filter(
    ({ passedSteps, steps }) => passedSteps < steps.length,
  );
  const missing = asked.filter(({ name }) => !packed.some(({ lesson }) => lesson === name));
  const path = relative(standing(), target);
  print(
    '',
    ...(results.size === 0
      ? [`  packed:       ${packed.map(({ lesson }) => lesson).join(', ')}`]
      : []),
    ...list(
      'not finished',
      unfinished.map(({ lesson }) => lesson),
    ),
    ...list(
      'not begun',
      missing.map(({ name }) => name),
    ),
    '',
    `  ${paint.bold(path.startsWith('..') ? target : path)}`,
    `    SHA-256  ${sha256}`,
    `    time     ${at}`,
    `    size     ${count(size, 'byte')}, ${count(packed.flatMap(({ files }) => files).length, 'file')}`,
    '',
    results.size === 0
      ? '  No checks were run.'
      : '  The points are what this machine saw. Grading counts them again.',
    '  The SHA-256 is over the files: grading prints the same one.',
    '',
  );
  if (leftOut.length > 0) {
    const more = leftOut.length - NAMED;
    warn(
      `Left out, as no lesson asks for ${leftOut.length === 1 ? 'it' : 'them'}: ${leftOut
        .slice(0, NAMED)
        .map((name) => clean(name, 60))
        .join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    );
  }
  warn(...refused.map(({ path, why }) => `Not accepted: ${path}: ${why}`));
}

function list(label: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${`${label}:`.padEnd(13)} ${names.join(', ')}`];
}
