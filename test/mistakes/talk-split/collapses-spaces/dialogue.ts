// Makes one space of several, as HTML does.
import { isUtf8 } from 'node:buffer';
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
  const text = line.replace(/\s+/g, ' ').trim();
  const colon = text.search(/[:：]/);
  if (colon === -1) return { speech: text };
  return { name: text.slice(0, colon).trimEnd(), speech: text.slice(colon + 1).trimStart() };
}

/**
 * Reads a UTF-8 file as batches of whole lines, in constant memory as long as no single line is huge.
 * Throws {@link BadLine} where the bytes are not UTF-8, and the errors of fs.
 */
export async function* readLines(file: string): AsyncGenerator<string[]> {
  let number = 0;
  for await (const block of wholeLines(file)) {
    // Asked before decoding: decoding itself never fails, it writes U+FFFD for whatever it cannot read.
    if (!isUtf8(block)) throw new BadLine(number + firstBadLine(block), 'is not UTF-8');
    const lines = block.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop(); // behind the last line end there is no line
    number += lines.length;
    yield lines;
  }
}

const NEWLINE = 0x0a;

/** Cuts only behind line ends. In UTF-8 the byte 0A is never part of another character, so no character is cut in two. */
async function* wholeLines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  const chunks = createReadStream(file, { highWaterMark: 128 * 1024 }) as AsyncIterable<Buffer>;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) yield Buffer.concat([rest, chunk.subarray(0, end)]);
    rest = end > 0 ? chunk.subarray(end) : Buffer.concat([rest, chunk]);
  }
  if (rest.length > 0) yield rest;
}

/** The line of the block, from 1, in which the bad bytes are. */
function firstBadLine(block: Buffer): number {
  let line = 1;
  for (let start = 0, end; (end = block.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
    if (!isUtf8(block.subarray(start, end))) return line;
    line += 1;
  }
  return line;
}
