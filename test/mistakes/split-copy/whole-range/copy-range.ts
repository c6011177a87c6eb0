// Reads the whole range into memory.
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { source, target, start, end, at } = readArguments();

try {
  copyRange();
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  console.error(`copy-range: ${path ?? target}: ${code}`);
  process.exitCode = 1;
}

/**
 * Copies the bytes of the source from `start` up to, but not including, `end` to position `at` of the target.
 * These calls block: while one waits for the disk, the process can do nothing else. It has nothing else to do.
 */
function copyRange(): void {
  const bytes = readFileSync(source).subarray(start, end);
  if (bytes.length < end - start) throw tooShort(start + bytes.length);
  const to = openSync(target, constants.O_WRONLY | constants.O_CREAT);
  writeAll(to, bytes, at);
  closeSync(to);
}

/** One write may take less than it is given, as when the disk is nearly full: the rest is offered again. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
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
