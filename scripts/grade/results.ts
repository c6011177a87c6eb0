// The results of a run, on disk: what a killed run goes on from, and what every report is made of.
//
//   <out>/run.json               with what it was begun: seed, sandbox, lessons
//   <out>/results/<student>.json a record that is final
//   <out>/.drafts/<student>.json a record of which something has to be tried again, alone
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../user-error.ts';
import { ignoring } from '../workbook-dir.ts';
import type { Draft } from './grade-one.ts';
import type { GradeRecord, Level } from './record.ts';

/** What all records of a run have in common. */
export interface RunFile {
  readonly seed: string;
  readonly sandbox: Level;
  readonly lessons: readonly string[];
}

const RUN = 'run.json';
const RESULTS = 'results';
const DRAFTS = '.drafts';

/** The run that was begun in `out`; undefined if there is none. */
export async function readRun(out: string): Promise<RunFile | undefined> {
  return readJson<RunFile>(join(out, RUN));
}

export async function writeRun(out: string, run: RunFile): Promise<void> {
  await write(join(out, RUN), run);
}

/** The final record of a student; undefined if there is none yet. */
export function readResult(out: string, student: string): Promise<GradeRecord | undefined> {
  return readJson(join(out, RESULTS, `${student}.json`));
}

/** Keeps a final record. The draft of it is of no use any more. */
export async function writeResult(out: string, record: GradeRecord): Promise<void> {
  await write(join(out, RESULTS, `${record.student}.json`), record);
  await rm(join(out, DRAFTS, `${record.student}.json`), { force: true });
}

export function readDraft(out: string, student: string): Promise<Draft | undefined> {
  return readJson(join(out, DRAFTS, `${student}.json`));
}

export async function writeDraft(out: string, draft: Draft): Promise<void> {
  await write(join(out, DRAFTS, `${draft.record.student}.json`), draft);
}

/** All final records of a run, by student. Throws {@link UserError} if there are none. */
export async function allResults(out: string): Promise<GradeRecord[]> {
  const names = await readdir(join(out, RESULTS)).catch(ignoring('ENOENT'));
  const files = (names ?? []).filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new UserError(`there are no results in ${join(out, RESULTS)}`);
  const records = await Promise.all(
    files.map((name) => readJson<GradeRecord>(join(out, RESULTS, name))),
  );
  return records.filter((record) => record !== undefined);
}

/** Writes a file below `out`, as a whole or not at all: the grader may be killed at any moment. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

function write(path: string, value: unknown): Promise<void> {
  return writeWhole(path, `${JSON.stringify(value, null, 1)}\n`);
}

async function readJson<Value>(path: string): Promise<Value | undefined> {
  const text = await readFile(path, 'utf8').catch(ignoring('ENOENT'));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`, 1, { cause: error });
  }
}
