// The workshop: a directory beside the copies, for those that are not finished yet.
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** How its name begins; mkdtemp(3) adds six letters that nobody else has. */
const PREFIX = '.backup-unfinished-';

/**
 * Makes an empty workshop in `destination`, and returns its path. On the same file system, so that a finished copy can be
 * renamed to its place; with a name of its own, so that no file of the source can be in its way. Throws the errors of node:fs.
 */
export function makeWorkshop(destination: string): string {
  for (const entry of readdirSync(destination, { withFileTypes: true })) {
    // A run that was killed has left its own. The copies are files only, so a directory with such a name is no copy.
    if (entry.isDirectory() && entry.name.startsWith(PREFIX))
      rmSync(join(destination, entry.name), { recursive: true });
  }
  return mkdtempSync(join(destination, PREFIX));
}

/**
 * Removes a workshop with all that is in it, also while other threads still copy into it. Under its new name they do not
 * find it any more, so none of them can make a file between the last look into it and its end. Throws the errors of node:fs.
 */
export function removeWorkshop(workshop: string): void {
  if (!existsSync(workshop)) return; // another backup to the same place took it for one that was left
  const closed = `${workshop}-closed`;
  renameSync(workshop, closed);
  rmSync(closed, { recursive: true, maxRetries: 3 });
}

/**
 * True if two paths lead to one directory, for example by a link or by `..`, or `other` is in `one`: device and inode number tell, see inode(7).
 * Throws the errors of node:fs.
 */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [statSync(one), statSync(other)];
  return (a.dev === b.dev && a.ino === b.ino) || resolve(other).startsWith(`${resolve(one)}/`);
}
