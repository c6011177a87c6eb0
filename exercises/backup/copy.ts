// The copy of one file: whether the one that is there will do, and how a new one takes its place in a single step.
//
// The task: README.md beside this file. Step 2 copies, step 5 does it so that nothing is ever half there.
import type { Stats } from 'node:fs';
import { todo } from '#todo';

/**
 * From this size on, in bytes, a file is copied by another thread, so that this one goes on, and hears Ctrl+C. To hand a
 * small file over would take longer than to copy it. Of use in step 5.
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
  // TODO: step 2: copy the file `from` to `to`, byte by byte as it is. copyFileSync of node:fs does it, in one call.
  // TODO: step 5: if a copy stands at `to` already, return 'unchanged'. Ask isCopy() below. lstatSync throws if nothing is
  //   there, unless it is told { throwIfNoEntry: false }.
  // TODO: step 5: copy to `unfinished` first. Give it the modification time of `stats`, and then its name: renameSync
  //   replaces what stands at `to` in a single step, and there is no moment at which half a copy is there.
  // TODO: step 5: if anything of that throws, remove `unfinished`, and throw the error again.
  // TODO: step 5: while copyFileSync works, nothing else does, and Ctrl+C is not heard. Wait for copyFile of
  //   node:fs/promises instead if the file is LARGE.
  return todo('step 2: copy one file');
}

/** Judged without reading a byte: same size, same time, same mode. */
function isCopy(there: Stats, stats: Stats): boolean {
  // TODO: step 5: compare size, mtime and mode. Two Dates are never === each other, but their getTime() can be.
  return todo('step 5: compare what is there with the file');
}
