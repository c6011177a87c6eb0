// Records: what the checks said of a specimen, kept in .workbook/prove/ until anything that they rest on changes. So a proof
// that was interrupted goes on where it was, and only what changed is proved again.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import type { CheckResult } from '../../test/harness/check.ts';
import { placesOf, root, type Lesson } from '../lessons.ts';
import { ignoring } from '../workbook-dir.ts';
import type { Specimen } from './specimens.ts';

/** What one check said. */
export interface Said extends Pick<CheckResult, 'verdict' | 'saw' | 'trouble'> {
  readonly check: string;
  readonly diagnosis?: string;
  /** Milliseconds. */
  readonly duration: number;
}

export interface Record {
  /** Stands for everything that it rests on. */
  readonly key: string;
  readonly seed: string;
  readonly said: readonly Said[];
}

const PLACE = join(root, '.workbook', 'prove');

/** The record of a specimen, if there is one and nothing has changed since. */
export async function recall(specimen: Specimen, key: string): Promise<Record | undefined> {
  const text = await readFile(fileOf(specimen), 'utf8').catch(ignoring('ENOENT'));
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as Record;
  return record.key === key ? record : undefined;
}

/** Keeps a record. It is there as a whole or not at all: the proof may be interrupted. */
export async function keep(specimen: Specimen, record: Record): Promise<void> {
  const file = fileOf(specimen);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(record));
  await rename(`${file}.new`, file);
}

/** Throws a record away. */
export async function forget(specimen: Specimen): Promise<void> {
  await rm(fileOf(specimen), { force: true });
}

function fileOf({ lesson, kind, id }: Specimen): string {
  return join(PLACE, lesson.name, kind, `${id}.json`);
}

/** What everything in a lesson rests on: its checks with all that they import, its solution, and this Node. */
export async function foundationOf(lesson: Lesson): Promise<string> {
  const { checks, solution } = placesOf(lesson);
  const { metafile } = await build({
    entryPoints: [join(root, checks)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  const files = [
    ...Object.keys(metafile.inputs),
    ...(await filesIn(join(root, solution))),
    ...(await filesIn(join(root, 'scripts', 'posix'))),
    'scripts/todo.ts',
    'package.json',
  ];
  const hash = createHash('sha256').update(process.version);
  for (const file of [...new Set(files)].sort())
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** The key of a specimen: its foundation, and its own files. */
export async function keyOf({ layers }: Specimen, foundation: string): Promise<string> {
  const hash = createHash('sha256').update(foundation);
  for (const layer of layers) {
    if (typeof layer !== 'string') hash.update(JSON.stringify([...layer]));
    else
      for (const file of await filesIn(layer))
        hash.update(file).update(await readFile(join(root, file)));
  }
  return hash.digest('hex').slice(0, 24);
}

/** Paths relative to the root, sorted. */
async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
