// Copies every file in this thread.
import {
  constants,
  copyFileSync,
  lstatSync,
  renameSync,
  rmSync,
  utimesSync,
  type Stats,
} from 'node:fs';

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
    // It keeps the mode. FICLONE: a file system that can lets both share their blocks, and nothing is copied at all.
    copyFileSync(from, unfinished, constants.COPYFILE_FICLONE);
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
