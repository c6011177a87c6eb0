// The mistake: to read a piece, read the file.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { complain } from './complain.ts';

const { file, start, last, length } = readArguments();

try {
  const bytes = await readFile(file);
  const from = last === undefined ? start : Math.max(0, bytes.length - last);
  process.stdout.write(bytes.subarray(from, from + length));
} catch (error) {
  complain('read', file, error);
}

function readArguments(): { file: string; start: number; last?: number; length: number } {
  try {
    const number = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { start: number, last: number, length: number },
    });
    const [file, ...rest] = positionals;
    const { start = '0', last, length = `${Number.MAX_SAFE_INTEGER}` } = values;
    const both = values.start !== undefined && last !== undefined;
    if (file === undefined || rest.length > 0 || both) throw new RangeError('arguments');
    if (![start, last ?? '0', length].every((text) => /^\d{1,16}$/.test(text)))
      throw new RangeError('numbers');
    const options = { file, start: Number(start), length: Number(length) };
    return last === undefined ? options : { ...options, last: Number(last) };
  } catch {
    console.error('usage: read <file> [--start <byte> | --last <bytes>] [--length <bytes>]');
    process.exit(2);
  }
}
