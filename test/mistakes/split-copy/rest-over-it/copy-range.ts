// The child of split-copy and join: copies one range of bytes from a file to a place in another file.
//
// Try it:
//   npm run ex -- split-copy copy-range --solution -- README.md title.txt --start 2 --end 14 --at 0
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Bytes read at a time: enough to make calls rare, few enough to stay in the cache of the processor. */
const BLOCK = 64 * 1024;

const { source, target, start, end, at } = readArguments();

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
  const from = openSync(source, 'r');
  // Made if it is not there, and never emptied: the bytes around the range may be another process's. The flag 'w' would
  // empty it, 'r+' would not make it, and with 'a' every write goes to the end, whatever its position: see pwrite(2).
  const to = openSync(target, constants.O_WRONLY | constants.O_CREAT);
  const block = Buffer.allocUnsafe(BLOCK);
  for (let done = start; done < end;) {
    const count = readSync(from, block, 0, Math.min(BLOCK, end - done), done);
    if (count === 0) throw tooShort(done);
    writeAll(to, block.subarray(0, count), at + (done - start));
    done += count;
  }
  closeSync(to); // a full disk may be reported as late as here: see close(2)
  closeSync(from);
}

/** One write may take less than it is given, as when the disk is nearly full: the rest is offered again. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position);
  }
}

/** The source has `size` bytes, and the range goes on. With code and path, as the errors of the system. */
function tooShort(size: number): Error {
  const code = `ends at byte ${size}, before byte ${end}`;
  return Object.assign(new Error(code), { code, path: source });
}

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
