// Snapshots of a lesson's files, `.workbook/snapshots/<lesson>/<id>.json`: what `undo` and `reset` go back to.
//
// A snapshot names its parent, so they form a tree; the file `at` holds the id of the one the student's files came from.
// The one rule of everything here: no file of the student's is replaced or removed unless the same bytes stand in a
// snapshot on the disk. What stands in the way and was not kept (a link, a very large file) is renamed, never removed.
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  chmod,
  constants,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import {
  codeOf,
  ignoring,
  makeDirectory,
  refusal,
  refused,
  setAside,
  setFileAside,
} from './workbook-dir.ts';

/** One file: its text, or its bytes in base64 where they are not plain UTF-8 text. */
export type SavedFile = { text: string; executable?: true } | { base64: string; executable?: true };

export type Snapshot = {
  id: string;
  parent: string | null;
  /** ISO 8601. */
  time: string;
  /** What it was taken for: `run`, `test`, `before undo`, `before restore`, `before reset`, `reset` … */
  why: string;
  /** By path below the lesson's directory, with `/` between the names. */
  files: Record<string, SavedFile>;
  /** Paths that were seen but not kept (at most 200): a link, no permission, larger than 1 MiB, one file too many. */
  left?: string[];
  /** There was more than a snapshot looks at; so it does not tell that a file was absent. */
  partial?: true;
};

export type Restored = {
  /** What the files are now. */
  restored: Snapshot;
  /** What they were before. */
  kept: Snapshot;
  warnings: string[];
};

type Saved = { file: SavedFile; mode: number };
type Reading = Pick<Snapshot, 'files' | 'left' | 'partial'>;

const MOST_BYTES = 1024 * 1024;
const MOST_FILES = 200;
const MOST_PATHS = 5000;
const AT = 'at';
const ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-\d+-[0-9a-f]+$/;
const LAST_TIME = Date.UTC(9999, 11, 31);
const STAGE = '.restoring-';
const STAGE_IS_STALE_MS = 10 * 60_000;

/** Not the student's work: packages, version control, an editor's swap files, and what a killed restore left. */
const PASSED_OVER = /^(node_modules|\.git|\.DS_Store|\..*\.sw[a-p]|\.#.*|\.restoring-.*)$/;
/** When there are too many files, the sources are kept before what a program wrote. */
const SOURCE = /^\.([cm]?[jt]sx?|md|json)$/;

/**
 * Keeps the files in `lessonDir` as a new snapshot of `lesson` in the workbook directory `dir`, and moves `at` to it.
 *
 * Regular files at any depth, at most 1 MiB each, at most 200; links are not followed. Returns undefined, and writes
 * nothing, when the current snapshot holds the same content, or when there is no snapshot and no file.
 * Throws an Error of one sentence, with the system's error as `cause`, when it cannot be written (disk full, permission).
 */
export async function takeSnapshot(
  dir: string,
  lesson: string,
  lessonDir: string,
  why: string,
): Promise<Snapshot | undefined> {
  try {
    const { current, taken } = await take(shelfOf(dir, lesson), lessonDir, why);
    return taken ? current : undefined;
  } catch (error) {
    throw refused(`No snapshot of ${lesson} could be taken`, error);
  }
}

/**
 * Keeps the files as they are, then puts back the snapshot before: the last one, when something was edited since; else its
 * parent. Repeated, it goes further back. An edit after it starts a branch: nothing that was kept is ever dropped.
 *
 * Returns undefined when nothing is before. Throws an Error of one sentence when the files could not be kept first or the
 * disk has no room for the old ones: then nothing was touched.
 */
export async function undo(
  dir: string,
  lesson: string,
  lessonDir: string,
): Promise<Restored | undefined> {
  const { snapshots, warnings } = await listSnapshots(dir, lesson);
  const kept = await keepFirst(dir, lesson, lessonDir, 'before undo');
  const restored = kept && parentOf(kept, snapshots);
  if (!kept || !restored) return undefined;
  await putBack(dir, lesson, lessonDir, restored, kept, warnings);
  return { restored, kept, warnings };
}

/**
 * Keeps the files as they are, then puts back the snapshot `id`, earlier or later. Undefined when there is no such
 * snapshot. Errors as for `undo`.
 */
export async function restore(
  dir: string,
  lesson: string,
  lessonDir: string,
  id: string,
): Promise<Restored | undefined> {
  const { snapshots, warnings } = await listSnapshots(dir, lesson);
  const restored = snapshots.find((snapshot) => snapshot.id === id);
  if (!restored) return undefined;
  // There is at least one snapshot, so there is a current one.
  const kept = (await keepFirst(dir, lesson, lessonDir, 'before restore')) ?? restored;
  await putBack(dir, lesson, lessonDir, restored, kept, warnings);
  return { restored, kept, warnings };
}

/**
 * Keeps the files as they are, then writes the starters in `pristine` (text by path below `lessonDir`). Files that the
 * student added stay. The result is a snapshot of its own, so `undo` goes back to before; it is undefined when the files
 * were the starters already. `kept` is undefined when there was nothing to keep. Errors as for `undo`.
 */
export async function reset(
  dir: string,
  lesson: string,
  lessonDir: string,
  pristine: Map<string, string>,
): Promise<{ kept: Snapshot | undefined; reset: Snapshot | undefined; warnings: string[] }> {
  for (const path of pristine.keys()) {
    if (!isPathBelow(path)) throw new TypeError(`not a path below a lesson: ${path}`);
  }
  const { warnings } = await listSnapshots(dir, lesson);
  const kept = await keepFirst(dir, lesson, lessonDir, 'before reset');
  const before = new Map(Object.entries(kept?.files ?? {}));
  const wanted = new Map<string, SavedFile>();
  for (const [path, text] of pristine) {
    wanted.set(path, saved(Buffer.from(text), before.get(path)?.executable === true));
  }
  warnings.push(...(await put(lesson, lessonDir, wanted, [], before)));
  try {
    return { kept, reset: await takeSnapshot(dir, lesson, lessonDir, 'reset'), warnings };
  } catch (error) {
    // The starters stand, and what was before them is kept: `undo` finds it without this record.
    if (!(error instanceof Error && refusal(error.cause))) throw error;
    warnings.push(error.message);
    return { kept, reset: undefined, warnings };
  }
}

/**
 * All snapshots of a lesson, oldest first, and the id of the current one (`at`; the newest where that file is absent,
 * damaged, or names none). Damaged and foreign files among them are renamed to `<name>.damaged-<time>`, with a sentence.
 */
export async function listSnapshots(
  dir: string,
  lesson: string,
): Promise<{ snapshots: Snapshot[]; at: string | undefined; warnings: string[] }> {
  const shelf = shelfOf(dir, lesson);
  const snapshots: Snapshot[] = [];
  const warnings = await clearShelf(shelf);
  // Before the names: what `at` points to is there before `at` is, also when another runner writes right now.
  const at = await readAt(shelf);
  for (const name of await namesOn(shelf)) {
    if (name === AT || name.startsWith('.') || name.includes('.damaged-')) continue;
    const path = join(shelf, name);
    const snapshot = await readSnapshot(shelf, basename(name, '.json'));
    if (snapshot === 'unreadable') {
      warnings.push(`The snapshot ${path} is passed over: it could not be read.`);
    } else if (snapshot && name === `${snapshot.id}.json`) {
      snapshots.push(snapshot);
    } else {
      warnings.push(...(await setDamagedAside(path, 'is no snapshot that can be understood')));
    }
  }
  snapshots.sort((a, b) => (a.id < b.id ? -1 : 1));
  const current = snapshots.find(({ id }) => id === at) ?? snapshots.at(-1);
  if (at !== undefined && at !== current?.id) {
    const what = 'names no snapshot, so the newest is the current one';
    warnings.push(...(await setDamagedAside(join(shelf, AT), what)));
  }
  return { snapshots, at: current?.id, warnings };
}

/** The directory of a lesson's snapshots. */
function shelfOf(dir: string, lesson: string): string {
  if (!isPathBelow(lesson) || lesson.includes('/')) {
    throw new TypeError(`not the name of a lesson: ${lesson}`);
  }
  return join(dir, 'snapshots', lesson);
}

/** Sets aside what stands in the way of the directory, or of the one above it. */
async function clearShelf(shelf: string): Promise<string[]> {
  const warnings: string[] = [];
  for (const path of [dirname(shelf), shelf]) {
    const standing = await stat(path).catch(ignoring('ENOENT', 'ENOTDIR', 'ELOOP'));
    if (standing?.isDirectory()) continue;
    warnings.push(...(await setDamagedAside(path, 'is no directory of snapshots', setFileAside)));
  }
  return warnings;
}

async function namesOn(shelf: string): Promise<string[]> {
  return (await readdir(shelf).catch(ignoring('ENOENT', 'ENOTDIR', 'ELOOP'))) ?? [];
}

/** The current snapshot, and whether it is a new one. Undefined when there is none and no file to keep. */
async function take(
  shelf: string,
  lessonDir: string,
  why: string,
): Promise<{ current: Snapshot | undefined; taken: boolean }> {
  const at = await readAt(shelf);
  const ids = (await namesOn(shelf))
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .filter((id) => ID.test(id))
    .sort();
  const current = await currentOf(shelf, at, ids);
  const reading = await readFiles(lessonDir);
  const nothing = !current && Object.keys(reading.files).length === 0;
  if (nothing || (current && sameFiles(current.files, reading.files))) {
    return { current, taken: false };
  }
  const now = new Date();
  const id = newId(now, ids.at(-1));
  const snapshot = { id, parent: current?.id ?? null, time: now.toISOString(), why, ...reading };
  await makeDirectory(dirname(shelf));
  await makeDirectory(shelf);
  await writeSnapshot(shelf, snapshot);
  return { current: snapshot, taken: true };
}

/** Where `at` points; else the newest that can be read. Leaves damaged ones alone: `listSnapshots` sets them aside. */
async function currentOf(
  shelf: string,
  at: string | undefined,
  ids: string[],
): Promise<Snapshot | undefined> {
  const candidates = ids.toReversed();
  if (at !== undefined && ids.includes(at)) candidates.unshift(at);
  for (const id of candidates) {
    const snapshot = await readSnapshot(shelf, id);
    if (snapshot && snapshot !== 'unreadable') return snapshot;
  }
  return undefined;
}

/**
 * Time, pid, random: no two runners make the same. It sorts after `newest` even within a millisecond, or when the clock
 * was set back.
 */
function newId(now: Date, newest: string | undefined): string {
  const [, year, month, day, hour, minute, second, ms] = (newest?.match(ID) ?? []).map(Number);
  const before = newest
    ? Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, ms)
    : Number.NEGATIVE_INFINITY;
  const time = new Date(Math.min(Math.max(now.getTime(), before + 1), LAST_TIME));
  const digits = time.toISOString().replaceAll(/[-:.]/g, '');
  return `${digits}-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** Writes a snapshot so that no reader sees half of it, and moves `at` to it. After an error neither is there. */
async function writeSnapshot(shelf: string, snapshot: Snapshot): Promise<void> {
  const path = join(shelf, `${snapshot.id}.json`);
  const temporary = join(shelf, `.${snapshot.id}.tmp`);
  try {
    await writeFile(temporary, `${JSON.stringify(snapshot, undefined, 1)}\n`, { flag: 'wx' });
    await publish(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  try {
    await writeAt(shelf, snapshot.id);
  } catch (error) {
    await unlink(path);
    throw error;
  }
}

/** Gives a finished file its name. link(2), unlike rename(2), never replaces a file that has the name already. */
async function publish(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    // Some file systems (exFAT) have no links. The id is unique, so renaming replaces nothing either.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error;
    await rename(temporary, path);
  }
}

async function writeAt(shelf: string, id: string): Promise<void> {
  const temporary = join(shelf, `.${AT}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, `${id}\n`, { flag: 'wx' });
    try {
      await rename(temporary, join(shelf, AT));
    } catch (error) {
      ignoring('EISDIR')(error);
      await setAside(join(shelf, AT), 'damaged');
      await rename(temporary, join(shelf, AT));
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What stands in `at`; empty when that is no file, undefined when it is absent or may not be read. */
async function readAt(shelf: string): Promise<string | undefined> {
  try {
    const bytes = await readRegular(join(shelf, AT), MOST_BYTES);
    return bytes?.bytes.toString().trim() ?? '';
  } catch (error) {
    return ignoring('ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')(error);
  }
}

/** Undefined when there is no such snapshot, or none that holds together. */
async function readSnapshot(
  shelf: string,
  id: string,
): Promise<Snapshot | 'unreadable' | undefined> {
  try {
    const read = await readRegular(join(shelf, `${id}.json`), Number.POSITIVE_INFINITY);
    if (!read || !isUtf8(read.bytes)) return undefined;
    const value: unknown = JSON.parse(read.bytes.toString());
    return isSnapshot(value) && value.id === id ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (refusal(error)) return 'unreadable';
    return ignoring('ENOENT', 'ENOTDIR')(error);
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  if (!isRecord(value)) return false;
  const { id, parent, time, why, files, left } = value;
  return (
    typeof id === 'string' &&
    ID.test(id) &&
    (parent === null || (typeof parent === 'string' && parent !== id)) &&
    [time, why].every((word) => typeof word === 'string') &&
    isRecord(files) &&
    // A path that leads out of the lesson would let a foreign snapshot write anywhere.
    Object.entries(files).every(([path, file]) => isPathBelow(path) && isSavedFile(file)) &&
    (left === undefined || (Array.isArray(left) && left.every((path) => typeof path === 'string')))
  );
}

function isSavedFile(file: unknown): boolean {
  if (!isRecord(file)) return false;
  const { text, base64 } = file;
  if (typeof base64 !== 'string') return typeof text === 'string';
  return text === undefined && Buffer.from(base64, 'base64').toString('base64') === base64;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPathBelow(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((name) => !['', '.', '..'].includes(name));
}

async function setDamagedAside(path: string, what: string, rename = setAside): Promise<string[]> {
  try {
    const aside = await rename(path, 'damaged');
    return aside ? [`${path} ${what}; it was renamed to ${basename(aside)}.`] : [];
  } catch (error) {
    const reason = refusal(error);
    if (!reason) throw error;
    return [`${path} ${what}; it stays as it is (${reason}).`];
  }
}

/** The snapshot that stands before `kept`: its parent or, where that is gone, the newest one that is older. */
function parentOf(kept: Snapshot, snapshots: Snapshot[]): Snapshot | undefined {
  const { id, parent } = kept;
  if (parent === null) return undefined;
  return snapshots.find((one) => one.id === parent) ?? snapshots.findLast((one) => one.id < id);
}

/** Keeps the files as they are, and makes sure that they are on the disk. Any refusal here leaves everything untouched. */
async function keepFirst(
  dir: string,
  lesson: string,
  lessonDir: string,
  why: string,
): Promise<Snapshot | undefined> {
  const shelf = shelfOf(dir, lesson);
  try {
    const { current } = await take(shelf, lessonDir, why);
    if (current) await force(join(shelf, `${current.id}.json`));
    return current;
  } catch (error) {
    throw refused(untouched(lesson, 'they could not be kept first'), error);
  }
}

/** fsync(2): a power cut right after a restore must not find both the old file and its snapshot unwritten. */
async function force(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function untouched(lesson: string, why: string): string {
  return `The files of ${lesson} were left as they are, because ${why}`;
}

async function putBack(
  dir: string,
  lesson: string,
  lessonDir: string,
  restored: Snapshot,
  kept: Snapshot,
  warnings: string[],
): Promise<void> {
  const wanted = new Map(Object.entries(restored.files));
  const stays = new Set([...wanted.keys(), ...(restored.left ?? [])]);
  const gone = restored.partial ? [] : Object.keys(kept.files).filter((path) => !stays.has(path));
  const before = new Map(Object.entries(kept.files));
  warnings.push(...(await put(lesson, lessonDir, wanted, gone, before)));
  try {
    await writeAt(shelfOf(dir, lesson), restored.id);
  } catch (error) {
    // Nothing is lost: the next snapshot has `kept` for its parent instead of `restored`.
    const reason = refusal(error);
    if (!reason) throw error;
    warnings.push(`The files are back, but the place in their history was not noted: ${reason}.`);
  }
}

/**
 * Writes the `wanted` files and removes the `gone` ones, all of whose present bytes stand in `kept`; what does not is
 * renamed to `<name>.aside-<time>`. Returns a sentence for each of those.
 *
 * Whatever needs room on the disk is written before the first file changes; after that there are only renames. The new
 * files wait in a directory inside the lesson's own, for rename(2) is atomic only within one file system.
 */
async function put(
  lesson: string,
  lessonDir: string,
  wanted: Map<string, SavedFile>,
  gone: string[],
  kept: Map<string, SavedFile>,
): Promise<string[]> {
  const stage = join(lessonDir, `${STAGE}${process.pid}-${randomBytes(4).toString('hex')}`);
  const staged = new Map<string, string>();
  const warnings: string[] = [];
  try {
    try {
      await mkdir(lessonDir, { recursive: true });
      await sweepStages(lessonDir);
      await mkdir(stage);
      for (const [path, file] of wanted) {
        const standing = await look(lessonDir, path);
        if (typeof standing === 'object' && sameFile(standing.file, file)) continue;
        const temporary = join(stage, String(staged.size));
        const mode = typeof standing === 'object' ? standing.mode : undefined;
        await writeStaged(temporary, file, mode);
        staged.set(path, temporary);
      }
    } catch (error) {
      throw refused(untouched(lesson, 'the others could not be written beside them'), error);
    }
    try {
      for (const path of gone) await remove(lessonDir, path, kept, warnings);
      for (const [path, temporary] of staged) {
        await makeParents(lessonDir, path, warnings);
        await clear(lessonDir, path, kept, warnings);
        await rename(temporary, join(lessonDir, path));
      }
    } catch (error) {
      throw refused(
        `Only some files of ${lesson} were put back; what stood there is kept in the snapshots`,
        error,
      );
    }
    return warnings;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** A restore that was killed leaves its stage behind. It holds copies only. */
async function sweepStages(lessonDir: string): Promise<void> {
  for (const name of await readdir(lessonDir)) {
    if (!name.startsWith(STAGE)) continue;
    const standing = await lstat(join(lessonDir, name)).catch(ignoring('ENOENT'));
    if (standing && Date.now() - standing.mtimeMs > STAGE_IS_STALE_MS) {
      await rm(join(lessonDir, name), { recursive: true, force: true });
    }
  }
}

/** Permissions are those of the file it replaces, else those of any new file; only "executable" is the snapshot's. */
async function writeStaged(
  path: string,
  file: SavedFile,
  replacedMode: number | undefined,
): Promise<void> {
  await writeFile(path, bytesOf(file), { flag: 'wx' });
  const base = (replacedMode ?? (await stat(path)).mode) & 0o666;
  await chmod(path, file.executable ? base | ((base & 0o444) >> 2) : base);
}

async function remove(
  lessonDir: string,
  path: string,
  kept: Map<string, SavedFile>,
  warnings: string[],
): Promise<void> {
  if (await clear(lessonDir, path, kept, warnings)) await unlink(join(lessonDir, path));
  // Directories that are empty now go too. ENOTEMPTY or EEXIST (rmdir(2) names both): something else lives there.
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    try {
      await rmdir(join(lessonDir, parent));
    } catch (error) {
      ignoring('ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR')(error);
      return;
    }
  }
}

/** True when a kept file stands at the path, and may go. What is not kept is set aside; false when nothing is there. */
async function clear(
  lessonDir: string,
  path: string,
  kept: Map<string, SavedFile>,
  warnings: string[],
): Promise<boolean> {
  const standing = await look(lessonDir, path);
  if (standing === 'nothing') return false;
  const known = kept.get(path);
  // Read once more: an editor may have saved since the snapshot was taken.
  if (typeof standing === 'object' && known && sameFile(standing.file, known)) return true;
  await stepAside(lessonDir, path, warnings);
  return false;
}

/** Makes the directories above a path. A link there is not walked through; it and any file give way. */
async function makeParents(lessonDir: string, path: string, warnings: string[]): Promise<void> {
  for (const parent of parentsOf(path)) {
    const standing = await lstat(join(lessonDir, parent)).catch(ignoring('ENOENT'));
    if (standing?.isDirectory()) continue;
    if (standing) await stepAside(lessonDir, parent, warnings);
    await mkdir(join(lessonDir, parent));
  }
}

async function stepAside(lessonDir: string, path: string, warnings: string[]): Promise<void> {
  const aside = await setAside(join(lessonDir, path), 'aside');
  if (aside) warnings.push(`${path} was in the way, so it was renamed to ${basename(aside)}.`);
}

/** What stands at a path below the lesson's directory, seen without following any link. */
async function look(lessonDir: string, path: string): Promise<Saved | 'nothing' | 'other'> {
  for (const parent of parentsOf(path)) {
    const standing = await lstat(join(lessonDir, parent)).catch(ignoring('ENOENT'));
    if (!standing?.isDirectory()) return 'nothing';
  }
  try {
    return (await readSaved(join(lessonDir, path))) ?? 'other';
  } catch (error) {
    ignoring('ENOENT')(error);
    return 'nothing';
  }
}

/** `a/b/c` has the parents `a` and `a/b`. */
function parentsOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** The files that a snapshot keeps. A missing lesson directory has none. */
async function readFiles(lessonDir: string): Promise<Reading> {
  const found = { paths: new Array<string>(), partial: false };
  await walk(lessonDir, '', found);
  const files: [string, SavedFile][] = [];
  const left: string[] = [];
  for (const path of found.paths.sort(inOrder)) {
    const read = files.length < MOST_FILES ? await look(lessonDir, path) : 'other';
    if (read === 'nothing') continue;
    if (read !== 'other') files.push([path, read.file]);
    else if (left.length < MOST_FILES) left.push(path);
    else found.partial = true;
  }
  return {
    files: Object.fromEntries(files),
    ...(left.length > 0 && { left }),
    ...(found.partial && { partial: true }),
  };
}

/** Collects the paths of what is no directory, those of a directory before those below it. */
async function walk(
  lessonDir: string,
  below: string,
  found: { paths: string[]; partial: boolean },
): Promise<void> {
  // No permission for a directory inside: its files are unknown, and stay untouched. For the lesson itself: an error.
  const codes = below === '' ? ['ENOENT'] : ['ENOENT', 'EACCES', 'EPERM'];
  const entries = await readdir(join(lessonDir, below), { withFileTypes: true }).catch(
    ignoring(...codes),
  );
  if (!entries) {
    found.partial ||= below !== '';
    return;
  }
  const directories: string[] = [];
  for (const entry of entries.sort((a, b) => inOrder(a.name, b.name))) {
    // A name that is no UTF-8 arrives with U+FFFD in it, and would name no file.
    if (PASSED_OVER.test(entry.name) || entry.name.includes('\uFFFD')) continue;
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) directories.push(path);
    else if (found.paths.length < MOST_PATHS) found.paths.push(path);
    else found.partial = true;
  }
  for (const directory of directories) {
    if (found.paths.length < MOST_PATHS) await walk(lessonDir, directory, found);
    else found.partial = true;
  }
}

/** Sources first, then what stands higher up, then by name. */
function inOrder(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(path: string): number {
  return (SOURCE.test(extname(path)) ? 0 : 1000) + path.split('/').length;
}

/** A regular file of at most 1 MiB that may be read; undefined for anything else that stands at `path`. */
async function readSaved(path: string): Promise<Saved | undefined> {
  try {
    const read = await readRegular(path, MOST_BYTES);
    if (!read) return undefined;
    const { bytes, status } = read;
    return { file: saved(bytes, (status.mode & 0o100) !== 0), mode: status.mode };
  } catch (error) {
    return ignoring('EACCES', 'EPERM')(error);
  }
}

/** The bytes of a regular file, undefined when it is none or is larger than `most` bytes. Links are not followed. */
async function readRegular(
  path: string,
  most: number,
): Promise<{ bytes: Buffer; status: Stats } | undefined> {
  // O_NONBLOCK: opening a FIFO would wait for its writer. ELOOP is what O_NOFOLLOW gives for a link (open(2)).
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(ignoring('ELOOP', 'EMLINK', 'ENXIO'));
  if (!file) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > most) return undefined;
    const bytes = await file.readFile();
    return bytes.length > most ? undefined : { bytes, status };
  } finally {
    await file.close();
  }
}

/** NUL is valid UTF-8, but JSON needs six bytes for it; base64 needs a third more. */
function saved(bytes: Buffer, executable: boolean): SavedFile {
  const content =
    isUtf8(bytes) && !bytes.includes(0)
      ? { text: bytes.toString() }
      : { base64: bytes.toString('base64') };
  return executable ? { ...content, executable } : content;
}

function bytesOf(file: SavedFile): Buffer {
  return 'text' in file ? Buffer.from(file.text) : Buffer.from(file.base64, 'base64');
}

function sameFiles(a: Record<string, SavedFile>, b: Record<string, SavedFile>): boolean {
  const others = new Map(Object.entries(b));
  const files = Object.entries(a);
  return (
    files.length === others.size &&
    files.every(([path, file]) => {
      const other = others.get(path);
      return other !== undefined && sameFile(file, other);
    })
  );
}

function sameFile(a: SavedFile, b: SavedFile): boolean {
  return (a.executable === true) === (b.executable === true) && bytesOf(a).equals(bytesOf(b));
}
