// Separates a dialogue by speaker: what 老王 said goes to 老王.txt, what 老李 said to 老李.txt.
//
// The task: README.md beside this file. Check it at every save: npm run ex -- talk-split --watch
// Try it by hand: npm run ex -- talk-split -- exercises/talk-split/talk.txt out
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { BadLine, parse, readLines } from './dialogue.ts';

interface Speaker {
  readonly path: string;
  lines: number;
  /** What was said and is not yet in the file. */
  pending: string;
  /** True once the file was begun: from then on it is appended to. Of use from step 4 on. */
  begun: boolean;
}

/** How much may be pending, in characters, before it is written: this bounds the memory. Of use from step 4 on. */
const BATCH = 500_000;
/** The longest file name on Linux, in bytes: NAME_MAX, see pathconf(3). Of use in step 5. */
const LONGEST_NAME = 255;

const { source, directory } = readArguments();
// A Map, not an object: a speaker may be called "constructor". It also keeps the order of first appearance.
const speakers = new Map<string, Speaker>();

// Done for you: the directory is made, and a line that cannot be used, or a file that cannot be read or written, is one
// line on stderr.
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
  let current: Speaker | undefined;
  for await (const lines of readLines(source)) {
    for (const line of lines) {
      number += 1;
      const { name, speech } = parse(line);
      // TODO: step 1: if the line has a name, make `current` the speaker of that name: from the map, or a new one by enter().
      // TODO: step 1: append the speech and a line end to what is pending for `current`, and count the line.
      // TODO: step 2: skip a blank line. A line without a name, and not blank, belongs to the speaker before it.
      // TODO: step 5: if nobody spoke before it: throw new BadLine(number, 'has no speaker, and nobody spoke before it').
      todo('step 1: give the line to its speaker');
    }
    // TODO: step 4: call writePending() here, too, whenever more than BATCH characters are pending in all.
  }
  await writePending();
}

/** Done for you, but for step 5: a new speaker, of whom nothing is written yet. */
function enter(name: string, number: number): Speaker {
  // TODO: step 5: an empty name, or one too long for a file (with .txt, in bytes): throw new BadLine(number, <what is wrong with it>).
  // TODO: step 5: a name that holds `/`, `\`, NUL or `%` must not be used as it is: write each of them as `%2F` and so on.
  const file = `${name}.txt`;
  const speaker = { path: join(directory, file), lines: 0, pending: '', begun: false };
  speakers.set(name, speaker);
  return speaker;
}

/** Writes what is pending for each speaker, into a file that begins anew with each run of the program. */
async function writePending(): Promise<void> {
  // TODO: step 1: for each speaker: write what is pending into the file at `path`, and wait until it is written.
  // TODO: step 3: a second run gives the same files as the first. Write so that nothing of an earlier run is left in them.
  // TODO: step 4: skip a speaker for whom nothing is pending; append to a file that this run has begun.
  todo('step 1: write what is pending into the files');
}

/** Says how many lines each one spoke. */
function printSummary(): void {
  // TODO: step 2: print `<name>: <lines>` for each speaker, in the order in which they first spoke.
}

// Done for you from here on: the command line.

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
