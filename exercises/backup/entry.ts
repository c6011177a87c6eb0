// An entry of a directory: what kind of thing it is, and how its name is shown to a person.
//
// The task: README.md beside this file. Step 1 needs kindOf(), step 6 visible().
import type { Stats } from 'node:fs';
import { todo } from '#todo';

/** `a file`, `a directory`, …: see the file types in inode(7). For a link to be a link, `stats` must come from lstat. */
export function kindOf(stats: Stats): string {
  // TODO: step 1: ask stats.isFile(), stats.isDirectory() and so on, and return 'a file', 'a directory', 'a symbolic link',
  //   'a FIFO' or 'a socket'. Whatever else there is, is 'a device'.
  return todo('step 1: say what kind of thing an entry is');
}

/**
 * Done for you: the path of `name` in `directory`, both as bytes. On Linux a name is any bytes but `/` and NUL, and one that
 * is not UTF-8 does not survive being made a string.
 */
export function pathOf(directory: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), name]);
}

/** A name on one line, with nothing in it that a terminal obeys: `a\nb` is shown as `a\u{a}b`, the byte FF as `\xff`. */
export function visible(name: Buffer): string {
  // TODO: step 6: write each control character as \u{…}, with its number in hex: /[\p{Cc}\p{Cf}]/gu finds them all, and
  //   hex() gives the number.
  // TODO: step 6: a name that is not UTF-8 (isUtf8 of node:buffer) has no characters: write each byte that is not ASCII as
  //   \xff. As 'latin1', every byte becomes one character.
  return name.toString(); // good enough until step 6
}

// Done for you.
function hex(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16);
}
