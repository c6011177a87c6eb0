// Prints a piece of a file, byte for byte, without reading what stands before it.
//
// The task: step 3 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files read -- exercises/files/诗.txt --start 0 --length 15
import { open, type FileHandle } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { complain } from './complain.ts';

const { file, start, last, length } = readArguments();

// Done for you: the file is opened and closed, and an error that has a code is one line on stderr.
try {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    // TODO: step 3: the piece begins at `start`; or, if `last` is given, so many bytes before the end, but never before 0.
    // TODO: step 3: it ends `length` bytes further on, or at the end of the file if that comes first.
    const from = 0;
    const end = size;
    // Bytes, not text: a piece may begin or end inside a character.
    process.stdout.write(await readPiece(handle, from, end));
  } finally {
    await handle.close();
  }
} catch (error) {
  complain('read', file, error);
}

/** The bytes from `from` up to, but not including, `end`; fewer if the file has become shorter meanwhile. */
async function readPiece(handle: FileHandle, from: number, end: number): Promise<Buffer> {
  // TODO: step 3: make a buffer for the piece. It may have no bytes at all, but never less than none.
  // TODO: step 3: fill it with read() of the handle, which takes a position in the file. A read may give less than you asked
  //   for: go on behind it. 0 bytes mean that the file ends here.
  // TODO: step 3: return what was filled, and no more.
  return todo('step 3: read the piece');
}

// Done for you from here on: the command line.

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
