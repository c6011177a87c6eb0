// Reads the whole file at once.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';

/** A line that cannot be used, by its number in the file, from 1. */
export class BadLine extends Error {
  constructor(number: number, problem: string) {
    super(`line ${number} ${problem}`);
  }
}

export interface Line {
  /** Undefined if the line has no colon: it goes on with what was said before. */
  readonly name?: string;
  readonly speech: string;
}

/** `  老王：  吃了么 ` is { name: '老王', speech: '吃了么' }. The first colon counts, the ASCII one or the full-width one. */
export function parse(line: string): Line {
  // trim() knows every space of Unicode (U+3000 too), the CR of a CRLF and the byte order mark.
  const text = line.trim();
  const colon = text.search(/[:：]/);
  if (colon === -1) return { speech: text };
  return { name: text.slice(0, colon).trimEnd(), speech: text.slice(colon + 1).trimStart() };
}

/** Reads a UTF-8 file. */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) {
    let number = 1;
    for (let start = 0, end; (end = bytes.indexOf(10, start)) !== -1; start = end + 1) {
      if (!isUtf8(bytes.subarray(start, end))) break;
      number += 1;
    }
    throw new BadLine(number, 'is not UTF-8');
  }
  yield bytes.toString('utf8').split('\n');
}
