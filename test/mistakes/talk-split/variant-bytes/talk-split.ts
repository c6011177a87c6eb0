// talk-split for speed: what was said is never decoded. A line is found, looked at and copied as bytes; only a line with a
// space at one of its edges, or without a colon, takes the slow way through a string. Blocking calls: there is nothing else to do.
import { isUtf8 } from 'node:buffer';
import { closeSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Speaker {
  readonly name: string;
  readonly path: string;
  lines: number;
  /** What was said and is not yet in the file: the first `filled` bytes. */
  pending: Buffer;
  filled: number;
  begun: boolean;
}

class BadLine extends Error {}

const [LF, COLON] = [0x0a, 0x3a];
const MOST_PENDING = 64 * 1024;

const [source = '', directory = '', ...more] = parseArgs({ allowPositionals: true }).positionals;
if (directory === '' || more.length > 0) {
  console.error('usage: talk-split <talk.txt> <outdir>');
  process.exit(2);
}
/** By name, each byte of it as one character: no decoding. */
const speakers = new Map<string, Speaker>();
let block = Buffer.allocUnsafe(256 * 1024);
let number = 0;
let current: Speaker | undefined;

try {
  mkdirSync(directory, { recursive: true });
  separate();
  for (const { name, lines } of speakers.values()) console.log(`${name}: ${lines}`);
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof BadLine) && code === undefined) throw error;
  console.error(`talk-split: ${path ?? source}: ${code ?? (error as BadLine).message}`);
  process.exitCode = 1;
}

function separate(): void {
  const file = openSync(source, 'r');
  for (let kept = 0, read = 1; read > 0;) {
    if (kept === block.length) block = Buffer.concat([block], 2 * block.length); // a very long line
    read = readSync(file, block, kept, block.length - kept, null);
    const filled = kept + read;
    const whole = read === 0 ? filled : filled && block.lastIndexOf(LF, filled - 1) + 1;
    takeLines(whole);
    block.copyWithin(0, whole, filled);
    kept = filled - whole;
  }
  closeSync(file);
  for (const speaker of speakers.values()) flush(speaker);
}

/** Takes the lines in the first `length` bytes of the block. */
function takeLines(length: number): void {
  const good = isUtf8(block.subarray(0, length));
  for (let start = 0; start < length;) {
    const found = block.indexOf(LF, start);
    const end = found === -1 || found >= length ? length : found;
    number += 1;
    if (!good && !isUtf8(block.subarray(start, end)))
      throw new BadLine(`line ${number} is not UTF-8`);
    takeLine(start, end);
    start = end + 1;
  }
}

function takeLine(start: number, end: number): void {
  let colon = start;
  while (colon < end && block[colon] !== COLON && !isWideColon(colon)) colon += 1;
  const speech = colon + (block[colon] === COLON ? 1 : 3);
  if (colon > start && colon < end && isTrimmed(start, colon) && isTrimmed(speech, end)) {
    const key = block.toString('latin1', start, colon);
    current = speakers.get(key) ?? enter(key, block.toString('utf8', start, colon));
    say(current, block, speech, end);
  } else takeOddLine(block.toString('utf8', start, end).trim());
}

function takeOddLine(line: string): void {
  if (line === '') return;
  const colon = line.search(/[:：]/);
  if (colon === 0) throw new BadLine(`line ${number} has no name before its colon`);
  if (colon > 0) {
    const name = line.slice(0, colon).trimEnd();
    const key = Buffer.from(name).toString('latin1');
    current = speakers.get(key) ?? enter(key, name);
  }
  if (!current) throw new BadLine(`line ${number} has no speaker, and nobody spoke before it`);
  const speech = Buffer.from(line.slice(colon + 1).trimStart());
  say(current, speech, 0, speech.length);
}

/** ： is EF BC 9A. */
function isWideColon(at: number): boolean {
  return block[at] === 0xef && block[at + 1] === 0xbc && block[at + 2] === 0x9a;
}

/** False if there may be a space at an edge. In UTF-8 all spaces that trim() knows begin with one of seven bytes. */
function isTrimmed(from: number, to: number): boolean {
  if (from === to) return true;
  const [first = 0, last = 0] = [block[from], block[to - 1]];
  if (first <= 0x20 || last <= 0x20) return false;
  return !mayBeSpace(from) && (last < 0x80 || (block[to - 2] !== 0xc2 && !mayBeSpace(to - 3)));
}

/** U+3000 is E3 80 80: looked at closely, because 。 and 、 begin like it. The others begin with C2, E1, E2 or EF. */
function mayBeSpace(at: number): boolean {
  const lead = block[at];
  if (lead === 0xe3) return block[at + 1] === 0x80 && block[at + 2] === 0x80;
  return lead === 0xc2 || lead === 0xe1 || lead === 0xe2 || lead === 0xef;
}

function enter(key: string, name: string): Speaker {
  const file = `${name.replace(/[/\\\0%]/g, encodeURIComponent)}.txt`;
  if (Buffer.byteLength(file) > 255)
    throw new BadLine(`line ${number} has a name too long for a file`);
  const pending = Buffer.allocUnsafe(4 * 1024);
  const speaker = { name, path: join(directory, file), lines: 0, pending, filled: 0, begun: false };
  speakers.set(key, speaker);
  return speaker;
}

function say(speaker: Speaker, bytes: Buffer, start: number, end: number): void {
  const length = end - start + 1;
  if (speaker.filled + length > MOST_PENDING) flush(speaker);
  while (speaker.filled + length > speaker.pending.length)
    speaker.pending = Buffer.concat([speaker.pending], 2 * speaker.pending.length);
  bytes.copy(speaker.pending, speaker.filled, start, end);
  speaker.pending[speaker.filled + length - 1] = LF;
  speaker.filled += length;
  speaker.lines += 1;
}

function flush(speaker: Speaker): void {
  const file = openSync(speaker.path, speaker.begun ? 'a' : 'w');
  for (let written = 0; written < speaker.filled;)
    written += writeSync(file, speaker.pending, written, speaker.filled - written);
  closeSync(file);
  speaker.begun = true;
  speaker.filled = 0;
}
