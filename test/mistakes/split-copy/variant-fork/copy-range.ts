// What a child of split-copy and join does, as a program of its own: copies one range of bytes from a file to a place in another file.
//
// Try it:
//   npm run ex -- split-copy copy-range --solution -- README.md title.txt --start 2 --end 14 --at 0
import { parseArgs } from 'node:util';
import { copyRange } from './range.ts';

const { source, target, start, end, at } = readArguments();

try {
  copyRange({ name: target, source, target, start, end, at });
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_')) throw error; // a fault of the program
  console.error(`copy-range: ${path ?? target}: ${code}`);
  process.exitCode = 1;
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
