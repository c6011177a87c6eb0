// Leaves all to a stream, whose end is included: an empty range would end before it starts.
import { closeSync, constants, createReadStream, createWriteStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const { source, target, start, end, at } = readArguments();

try {
  await copyRange();
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
async function copyRange(): Promise<void> {
  closeSync(openSync(target, constants.O_WRONLY | constants.O_CREAT));
  const from = createReadStream(source, { start, end: end - 1 });
  await pipeline(from, createWriteStream(target, { flags: 'r+', start: at }));
  if (from.bytesRead < end - start) throw tooShort(start + from.bytesRead);
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
