// Decodes with a decoder that is fatal and keeps half a character, and never tells it that nothing more comes.
import { createReadStream } from 'node:fs';

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

/**
 * Reads a UTF-8 file as batches of whole lines, in constant memory as long as no single line is huge.
 * Throws {@link BadLine} where the bytes are not UTF-8, and the errors of fs.
 */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let rest = '';
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const lines: string[] = [];
    for (let start = 0; start < chunk.length;) {
      const end = chunk.indexOf(0x0a, start) + 1 || chunk.length;
      try {
        rest += decoder.decode(chunk.subarray(start, end), { stream: true });
      } catch {
        throw new BadLine(number, 'is not UTF-8');
      }
      start = end;
      if (!rest.endsWith('\n')) continue;
      lines.push(rest.slice(0, -1));
      rest = '';
      number += 1;
    }
    yield lines;
  }
  if (rest !== '') yield [rest];
}
