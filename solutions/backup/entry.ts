// An entry of a directory: what kind of thing it is, and how its name is shown to a person.
import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';

/** `a file`, `a directory`, …: see the file types in inode(7). For a link to be a link, `stats` must come from lstat. */
export function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * The path of `name` in `directory`, both as bytes: on Linux a name is any bytes but `/` and NUL, and one that is not UTF-8
 * does not survive being made a string.
 */
export function pathOf(directory: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), name]);
}

/** A name on one line, with nothing in it that a terminal obeys: `a\nb` is shown as `a\u{a}b`, the byte FF as `\xff`. */
export function visible(name: Buffer): string {
  if (!isUtf8(name))
    return name.toString('latin1').replace(/[^ -~]/g, (byte) => `\\x${hex(byte).padStart(2, '0')}`);
  return name.toString().replace(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${hex(sign)}}`);
}

function hex(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16);
}
