// Counts the bytes of the name, and forgets what comes to it in the file name.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BadLine, parse, readLines } from './dialogue.ts';

interface Speaker {
  readonly path: string;
  lines: number;
  /** What was said and is not yet in the file. */
  pending: string;
  /** True once the file was begun: from then on it is appended to. */
  begun: boolean;
}

/** How much may be pending, in characters, before it is written: this bounds the memory, however long the dialogue. */
const BATCH = 500_000;
/** The longest file name on Linux, in bytes: NAME_MAX, see pathconf(3). */
const LONGEST_NAME = 255;

const { source, directory } = readArguments();
// A Map, not an object: a speaker may be called "constructor". It also keeps the order of first appearance.
const speakers = new Map<string, Speaker>();

try {
  await mkdir(directory, { recursive: true });
  await separate();
  printSummary();
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof BadLine) && code === undefined) throw error;
  console.error(`talk-split: ${path ?? source}: ${code ?? (error as BadLine).message}`);
  process.exitCode = 1;
}

/** Reads the dialogue line by line, and gives each line to the one who said it. */
async function separate(): Promise<void> {
  let number = 0;
  let pending = 0;
  let current: Speaker | undefined;
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      number += 1;
      const { name, speech } = parse(line);
      if (name === undefined && speech === '') continue;
      if (name !== undefined) current = speakers.get(name) ?? enter(name, number);
      if (!current) throw new BadLine(number, 'has no speaker, and nobody spoke before it');
      current.pending += `${speech}\n`;
      current.lines += 1;
      pending += speech.length + 1;
    }
    if (pending > BATCH) {
      await writePending();
      pending = 0;
    }
  }
  await writePending();
}

/** A new speaker, of whom nothing is written yet. */
function enter(name: string, number: number): Speaker {
  if (name === '') throw new BadLine(number, 'has no name before its colon');
  // `../x` must not lead out of the directory: what would, or cannot stand in a file name, is written as %2F.
  const file = `${name.replace(/[/\\\0%]/g, encodeURIComponent)}.txt`;
  if (Buffer.byteLength(name) > LONGEST_NAME)
    throw new BadLine(number, 'has a name too long for a file');
  const speaker = { path: join(directory, file), lines: 0, pending: '', begun: false };
  speakers.set(name, speaker);
  return speaker;
}

/**
 * Writes what is pending for each speaker, into a file that begins anew with each run: two runs give the same bytes.
 * One file after the other, and none stays open: five thousand speakers would need five thousand descriptors.
 */
async function writePending(): Promise<void> {
  for (const speaker of speakers.values()) {
    if (speaker.pending === '') continue;
    await writeFile(speaker.path, speaker.pending, { flag: speaker.begun ? 'a' : 'w' });
    speaker.begun = true;
    speaker.pending = '';
  }
}

/** Says how many lines each one spoke. */
function printSummary(): void {
  for (const [name, { lines }] of speakers) console.log(`${name}: ${lines}`);
}

function readArguments(): { source: string; directory: string } {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [source, directory, ...rest] = positionals;
    if (source === undefined || directory === undefined || rest.length > 0)
      throw new RangeError('two arguments');
    return { source, directory };
  } catch {
    console.error('usage: talk-split <talk.txt> <outdir>');
    process.exit(2);
  }
}
