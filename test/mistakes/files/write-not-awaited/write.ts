// The mistake: what is called is done.
import { open } from 'node:fs/promises';
import { complain } from './complain.ts';

/** What open(2) is to do with a file that is there, and with one that is not: see the table in the note. */
const FLAGS = { new: 'wx', replace: 'w', append: 'a' } as const;

const { how, file, text } = readArguments();

try {
  const bytes = Buffer.from(text);
  const at = typeof how === 'number' ? await writeOver(bytes, how) : await write(bytes, FLAGS[how]);
  console.log(`${bytes.length} bytes, from byte ${at}`);
} catch (error) {
  complain('write', file, error);
}

/** Writes all bytes with one of the flags, and returns the position at which they begin. */
async function write(bytes: Buffer, flags: string): Promise<number> {
  const handle = await open(file, flags);
  try {
    const { size } = await handle.stat();
    handle.writeFile(bytes);
    return size;
  } finally {
    await handle.close();
  }
}

/** Writes the bytes from a position on. All others stay; a gap behind the old end reads as zeros. */
async function writeOver(bytes: Buffer, position: number): Promise<number> {
  const handle = await open(file, 'r+');
  try {
    for (let done = 0; done < bytes.length;) {
      const left = bytes.subarray(done);
      done += (await handle.write(left, 0, left.length, position + done)).bytesWritten;
    }
    return position;
  } finally {
    await handle.close();
  }
}

function readArguments(): { how: keyof typeof FLAGS | number; file: string; text: string } {
  const [how = '', file, text, ...rest] = process.argv.slice(2);
  const known = Object.hasOwn(FLAGS, how) || /^\d{1,15}$/.test(how);
  if (!known || file === undefined || text === undefined || rest.length > 0) {
    console.error('usage: write new|replace|append|<position> <file> <text>');
    process.exit(2);
  }
  return { how: /^\d/.test(how) ? Number(how) : (how as keyof typeof FLAGS), file, text };
}
