// The child of split-copy and join: copies one range of bytes from a file to a place in another file.
//
// The task: step 1 of README.md beside this file. Check it at every save: npm run ex -- split-copy --watch
// Try it by hand: npm run ex -- split-copy copy-range -- README.md title.txt --start 2 --end 14 --at 0
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

/** Bytes read at a time: enough to make calls rare, few enough to stay in the cache of the processor. */
const BLOCK = 64 * 1024;

const { source, target, start, end, at } = readArguments();

// Done for you: an error that has a code is one line on stderr.
try {
  copyRange();
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_')) throw error; // a fault of the program
  console.error(`copy-range: ${path ?? target}: ${code}`);
  process.exitCode = 1;
}

/**
 * Copies the bytes of the source from `start` up to, but not including, `end` to position `at` of the target.
 * These calls block: while one waits for the disk, the process can do nothing else. It has nothing else to do.
 */
function copyRange(): void {
  // TODO: step 1: open the source for reading, and the target for writing. The target is made if it is not there, and keeps
  //   every byte that it has: another process may be writing beside you. No flag in letters does both: combine constants.
  // TODO: step 1: read a block at a time, from its own position in the source, and hand it to writeAll() with its position in
  //   the target. Never read beyond `end`. A read may give less than you asked for: go on from where you are.
  // TODO: step 1: a read that gives 0 bytes before `end`: throw tooShort() with the size that the source turned out to have.
  // TODO: step 1: close both files. An empty range makes an empty target.
  todo('step 1: copy the range, block by block');
}

/** Writes all of `bytes` at `position`. One write may take less than it is given, as when the disk is nearly full. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  // TODO: step 1: writeSync() returns how many bytes it took. Offer it the rest until all are written.
  todo('step 1: write all of the bytes');
}

/** Done for you: the source has `size` bytes, and the range goes on. With code and path, as the errors of the system. */
function tooShort(size: number): Error {
  const code = `ends at byte ${size}, before byte ${end}`;
  return Object.assign(new Error(code), { code, path: source });
}

// Done for you from here on: the command line.

function readArguments() {
  try {
    const number = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { start: number, end: number, at: number },
    });
    const [source, target, ...rest] = positionals;
    if (source === undefined || target === undefined || rest.length > 0)
      throw new RangeError('two files');
    const [start, end, at] = [offset(values.start), offset(values.end), offset(values.at)];
    if (start > end) throw new RangeError('the range ends before it starts');
    return { source, target, start, end, at };
  } catch {
    console.error('usage: copy-range <source> <target> --start N --end N --at N');
    process.exit(2);
  }
}

function offset(digits = ''): number {
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(Number(digits)))
    throw new RangeError('not an offset');
  return Number(digits);
}
