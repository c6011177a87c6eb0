// The copy of one file: whether the one that is there will do, and how a new one takes its place in a single step.
import {
  constants,
  copyFileSync,
  lstatSync,
  renameSync,
  existsSync,
  rmSync,
  unlinkSync,
  utimesSync,
  type Stats,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';

/**
 * From this size on, in bytes, a file is copied by another thread, so that this one goes on, and hears Ctrl+C. To hand a
 * small file over would take longer than to copy it.
 */
const LARGE = 1024 * 1024;

/**
 * Makes `to` a copy of `from`, with its mode and its modification time, unless it is one. `stats` are those of `from`.
 * The bytes are gathered in `unfinished`, a path on the same file system: under its own name a copy is there as a whole or
 * not at all. Throws the errors of node:fs; nothing is left in `unfinished` then.
 */
export async function backUpFile(
  from: Buffer,
  to: Buffer,
  stats: Stats,
  unfinished: string,
): Promise<'copied' | 'unchanged'> {
  const there = lstatSync(to, { throwIfNoEntry: false });
  if (there && isCopy(there, stats)) return 'unchanged';
  try {
    if (existsSync(to)) unlinkSync(to);
    // It keeps the mode. FICLONE: a file system that can lets both share their blocks, and nothing is copied at all.
    if (stats.size < LARGE) copyFileSync(from, unfinished, constants.COPYFILE_FICLONE);
    else await copyFile(from, unfinished, constants.COPYFILE_FICLONE);
    // The time from before the copying: if somebody wrote to the file meanwhile, the next run sees that it has changed.
    utimesSync(unfinished, stats.atime, stats.mtime);
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return 'copied';
}

/** Judged without reading a byte: same size, same time, same mode. Times are Dates, so they count to the millisecond. */
function isCopy(there: Stats, stats: Stats): boolean {
  return (
    there.size === stats.size &&
    there.mtime.getTime() === stats.mtime.getTime() &&
    there.mode === stats.mode // which also says that it is a regular file
  );
}
