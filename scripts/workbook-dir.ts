// The directory `.workbook/`, where a student's progress and snapshots are kept: made, checked, and cleared of foreign things.
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type WorkbookDir = { path: string; warnings: string[]; writable: boolean };

/** What the operating system may answer on a place that cannot be written (errno(3)), in words for a student. */
const REFUSALS: Record<string, string> = {
  EACCES: 'permission is missing',
  EPERM: 'the system does not permit it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reported an error',
};

/**
 * Makes the directory at `path` where it is missing, and tries whether it can be written.
 *
 * What else stands there (a file, a dangling link) is renamed to `<path>.aside-<time>`, with a sentence in `warnings`;
 * a link to a directory is fine. A place that cannot be written gives `writable: false` and one sentence, not an error:
 * what is already kept there may still be read. Any other error is thrown.
 */
export async function openWorkbookDir(path: string): Promise<WorkbookDir> {
  const warnings: string[] = [];
  try {
    const aside = await makeDirectory(path);
    if (aside) {
      warnings.push(
        `Something that is not a directory stood at ${basename(path)}; it is now ${basename(aside)}.`,
      );
    }
    await tryWriting(path);
    return { path, warnings, writable: true };
  } catch (error) {
    const reason = refusal(error);
    if (!reason) throw error;
    warnings.push(
      `${path} cannot be written (${reason}), so progress and snapshots are not kept for now.`,
    );
    return { path, warnings, writable: false };
  }
}

/**
 * Makes a directory and its parents. What stands at `path` and is no directory is set aside first.
 * Returns the new place of that thing, or undefined when nothing was in the way.
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  // stat follows links: a link to a directory elsewhere is a student's choice, a dangling one is in the way.
  const standing = await stat(path).catch(ignoring('ENOENT', 'ENOTDIR', 'ELOOP'));
  if (standing?.isDirectory()) return undefined;
  const aside = await setFileAside(path, 'aside');
  await makePath(path);
  return aside;
}

/**
 * Renames what stands at `path` to `<path>.<word>-<time>` beside it, never onto something that exists.
 * Returns the new path; undefined when nothing stands at `path` (another runner may have been faster).
 */
export async function setAside(path: string, word: string): Promise<string | undefined> {
  const target = await freeName(`${path}.${word}-${timeForNames()}`);
  try {
    await rename(path, target);
    return target;
  } catch (error) {
    return ignoring('ENOENT', 'ENOTDIR')(error);
  }
}

/** Like `setAside`, for anything but a directory: one that another runner has made there meanwhile stays where it is. */
export async function setFileAside(path: string, word: string): Promise<string | undefined> {
  const standing = await lstat(path).catch(ignoring('ENOENT', 'ENOTDIR'));
  if (!standing || standing.isDirectory()) return undefined;
  const target = await reserveName(`${path}.${word}-${timeForNames()}`);
  try {
    // rename(2), ENOTDIR: "oldpath is a directory, and newpath exists but is not a directory".
    await rename(path, target);
    return target;
  } catch (error) {
    await rm(target, { force: true });
    return ignoring('ENOENT', 'ENOTDIR')(error);
  }
}

/** The present time (UTC, milliseconds) in a form that sorts and that every file system takes: `2025-03-01T09-05-00.123Z`. */
export function timeForNames(): string {
  return new Date().toISOString().replaceAll(':', '-');
}

/** Why the operating system refused, in words; undefined when the error is no refusal but a fault of the workbook. */
export function refusal(error: unknown): string | undefined {
  return REFUSALS[codeOf(error)];
}

/** An Error of one sentence, `<what>: <why>`, for a refusal; any other error is thrown on as it is. */
export function refused(what: string, error: unknown): Error {
  const reason = refusal(error);
  if (!reason) throw error;
  return new Error(`${what}: ${reason}.`, { cause: error });
}

/** A handler for `catch` that turns the named codes into undefined and throws everything else on. */
export function ignoring(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(codeOf(error))) throw error;
    return undefined;
  };
}

/** The errno name of a system error (`ENOENT`); empty for any other thrown value. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

/** As `mkdir -p`. Node's own `recursive` answers ENOENT where the truth is EROFS, a read-only file system. */
async function makePath(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      await makePath(dirname(path));
      // EEXIST: another runner made it meanwhile.
      await mkdir(path).catch(ignoring('EEXIST'));
    } else if (codeOf(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) {
      throw error;
    }
  }
}

/** The path itself, or with `-2`, `-3` … when it is taken. */
async function freeName(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? path : `${path}-${number}`;
    if (!(await lstat(name).catch(ignoring('ENOENT', 'ENOTDIR')))) return name;
  }
}

/** A free name, taken by an empty file so that no other runner takes it too. */
async function reserveName(path: string): Promise<string> {
  for (;;) {
    const name = await freeName(path);
    try {
      await writeFile(name, '', { flag: 'wx' });
      return name;
    } catch (error) {
      ignoring('EEXIST')(error);
    }
  }
}

/** Only a real write tells a full disk: access(2) knows permissions, not room. */
async function tryWriting(path: string): Promise<void> {
  const probe = join(path, `.probe-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(probe, 'can this be written?\n', { flag: 'wx' });
  } finally {
    await rm(probe, { force: true });
  }
}
