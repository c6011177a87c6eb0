// What is accepted of a submission: for each lesson the files that its starter names, wherever they lie, and a hash over them.
// Nothing else of a submission goes any further. All of it stays in memory: nothing is written.
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { basename } from 'node:path';
import { clean } from '../../../test/harness/bytes.ts';
import { lessons as allLessons, type Lesson } from '../../lessons.ts';
import { openContents, type Contents } from './contents.ts';
import { readFolder } from './folder.ts';
import { namesOf, type LessonFiles } from './lesson-files.ts';
import { ARCHIVE_LIMIT, REFUSALS_KEPT } from './limits.ts';
import { orRefused, Refused, Unreadable, type Refusal } from './refusal.ts';
import { readRegularFile } from './regular-file.ts';
import { readTar } from './tar.ts';
import { readZip } from './zip.ts';

export interface Accepted {
  /** In the order of the workbook; only lessons of which there is a file. */
  readonly lessons: ReadonlyMap<string, LessonFiles>;
  /** Sorted by path; of very many, the first ones and a count. */
  readonly refused: readonly Refusal[];
  /** Harmless things that are not part of a lesson, sorted. */
  readonly leftOut: readonly string[];
  /** See {@link hashOf}. The same for a folder and for an archive of it. */
  readonly hash: string;
  /** Set if nothing could be read of it at all, and why: a person has to look. It is then the only one in `refused`. */
  readonly unreadable?: string;
}

/** What may hold the work where there is none outside: Moodle, for one, puts a student's archive into a folder. */
const NESTED = /\.(zip|tar|tar\.gz|tgz|rar|7z)$/i;

/**
 * Reads a submission, a folder or an archive, as far as it belongs to the lessons that are `asked` for. What is wrong with it
 * is told in the result; throws only what is wrong with this machine (no memory, no file descriptors).
 */
export async function accept(
  { path }: { readonly path: string },
  asked: readonly Lesson[] = allLessons,
): Promise<Accepted> {
  const contents = openContents((file) => placeOf(file, asked) !== undefined);
  try {
    await read(path, contents);
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof Refused)) throw error;
    const refused = [{ path: clean(basename(path), 120), why: error.message }];
    const none = new Map<string, LessonFiles>();
    return { lessons: none, refused, leftOut: [], hash: hashOf(none), unreadable: error.message };
  }
  const lessons = choose(contents, asked);
  if (lessons.size === 0)
    for (const file of contents.leftOut)
      if (NESTED.test(file)) contents.refuse(file, 'an archive inside: it is not opened');
  return {
    lessons,
    refused: kept(contents.refused()),
    leftOut: [...contents.leftOut].sort(),
    hash: hashOf(lessons),
  };
}

/** SHA-256 (hex) over all files, sorted by lesson and path: each as `lesson NUL path NUL length NUL` and its bytes. */
export function hashOf(lessons: ReadonlyMap<string, LessonFiles>): string {
  const hash = createHash('sha256');
  for (const [lesson, files] of sorted(lessons))
    for (const [path, bytes] of sorted(files))
      hash.update(`${lesson}\0${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}

/** What an archive is, its first bytes tell, whatever it is called. */
async function read(path: string, contents: Contents): Promise<void> {
  const stat = await orRefused(() => lstat(path));
  if (stat.isDirectory()) return await readFolder(path, contents);
  if (stat.isSymbolicLink()) throw new Unreadable('a symbolic link');
  const bytes = await readRegularFile(path, ARCHIVE_LIMIT);
  await (bytes.subarray(0, 2).toString('latin1') === 'PK' ? readZip : readTar)(bytes, contents);
}

/** Where a file stands: a copy of a lesson's folder begins at `root`, and the file is `path` below that. */
interface Place {
  readonly lesson: string;
  readonly root: string;
  readonly path: string;
  /** True if the folder does not bear the name of the lesson, as only one lesson was asked for. */
  readonly flat: boolean;
}

function placeOf(file: string, asked: readonly Lesson[]): Place | undefined {
  const parts = file.split('/');
  const from = (begin: number, lesson: string, flat: boolean): Place | undefined => {
    const path = parts.slice(begin).join('/');
    if (!namesOf(lesson).has(path)) return undefined;
    return { lesson, root: parts.slice(0, begin).join('/'), path, flat };
  };
  for (const [at, part] of parts.slice(0, -1).entries()) {
    // A copy of the whole workbook has the solutions in it, which nobody has to hand in.
    if (parts[at - 1] === 'solutions' || !asked.some(({ name }) => name === part)) continue;
    const place = from(at + 1, part, false);
    if (place) return place;
  }
  const [only, ...others] = asked;
  const named = parts.some((part) => allLessons.some(({ name }) => name === part));
  if (!only || others.length > 0 || named) return undefined;
  return parts.map((_, at) => from(at, only.name, true)).find((place) => place !== undefined);
}

/** Of several copies of a lesson the one nearest to the top; the others are refused. */
function choose(contents: Contents, asked: readonly Lesson[]): Map<string, LessonFiles> {
  const chosen = new Map<string, LessonFiles>();
  for (const { name: lesson } of asked) {
    const copies = new Map<string, { flat: boolean; files: Map<string, Buffer> }>();
    for (const [file, bytes] of contents.files) {
      const place = placeOf(file, asked);
      if (place?.lesson !== lesson) continue;
      const copy = copies.get(place.root) ?? { flat: place.flat, files: new Map() };
      copies.set(place.root, copy);
      copy.files.set(place.path, bytes);
    }
    const [first, ...others] = [...copies].sort(
      ([a, { flat: flatA }], [b, { flat: flatB }]) =>
        Number(flatA) - Number(flatB) || depth(a) - depth(b) || compare(a, b),
    );
    if (!first) continue;
    const [root, { files }] = first;
    chosen.set(lesson, new Map(sorted(files)));
    for (const [other] of others)
      contents.refuse(
        other || '.',
        `a second copy of ${lesson}: ${root === '' ? 'the one at the top' : clean(root, 80)} counts`,
      );
  }
  return chosen;
}

/** Folders from the top to a copy. */
function depth(root: string): number {
  return root === '' ? 0 : root.split('/').length;
}

function kept(refused: readonly Refusal[]): Refusal[] {
  const all = [...refused].sort((a, b) => compare(a.path, b.path) || compare(a.why, b.why));
  const more = all.length - REFUSALS_KEPT;
  if (more <= 0) return all;
  return [
    ...all.slice(0, REFUSALS_KEPT),
    { path: '…', why: `${more.toLocaleString('en-US')} more of them` },
  ];
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => compare(a, b));
}

/** By code units: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
