// Records: what the checks said of a specimen, kept in .workbook/prove/ until anything that they rest on changes. So a proof
// that was interrupted goes on where it was, and only what changed is proved again.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckResult } from '../../test/harness/check.ts';
import { isFailed } from '../../test/harness/failure.ts';
import { root } from '../lessons.ts';
import { ignoring } from '../workbook-dir.ts';
import type { Foundation } from './foundation.ts';
import type { Specimen } from './specimens.ts';

/** What one check said. */
export interface Said extends Pick<CheckResult, 'verdict' | 'saw' | 'trouble'> {
  readonly check: string;
  readonly diagnosis?: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Stands for everything in the lesson that it rests on. */
  readonly key: string;
}

export interface Record {
  /** Stands for the files of the specimen. */
  readonly key: string;
  readonly said: readonly Said[];
}

const PLACE = join(root, '.workbook', 'prove');

/** What was said of a specimen and still holds. */
export async function recall(
  specimen: Specimen,
  key: string,
  foundation: Foundation,
): Promise<Record> {
  const text = await readFile(fileOf(specimen), 'utf8').catch(ignoring('ENOENT'));
  const kept = text === undefined ? undefined : (JSON.parse(text) as Record);
  if (kept?.key !== key) return { key, said: [] };
  return {
    key,
    said: kept.said.filter((said) => said.key === saidKey(specimen, foundation, said)),
  };
}

/**
 * The key of what a check says: whatever changes it. Diagnoses matter where a check fails, except to a mutant, which is dead
 * whatever it died of. Undefined if it is not to be kept: when something in the workbook broke.
 */
export function saidKey(
  { kind }: Specimen,
  { checks }: Foundation,
  { check, verdict }: Pick<Said, 'check' | 'verdict'>,
): string | undefined {
  if (verdict === 'infra') return undefined;
  const keys = checks.get(check);
  return isFailed(verdict) && kind !== 'mutant' ? keys?.failed : keys?.passed;
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
