// The mistake: a piece is what was opened.
import { open, type FileHandle } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { complain } from './complain.ts';

const { file } = readArguments();

try {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const from = 0;
    const end = size;
    process.stdout.write(await readPiece(handle, from, end));
  } finally {
    await handle.close();
  }
} catch (error) {
  complain('read', file, error);
}

/** The bytes from `from` up to, but not including, `end`; fewer if the file has become shorter meanwhile. */
async function readPiece(handle: FileHandle, from: number, end: number): Promise<Buffer> {
  const piece = Buffer.alloc(Math.max(0, end - from));
  let done = 0;
  while (done < piece.length) {
    const { bytesRead } = await handle.read(piece, done, piece.length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return piece.subarray(0, done);
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
