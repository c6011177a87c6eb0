// Writes a text into a file: into a new one, in place of an old one, behind it, or over a part of it.
//
// The task: steps 2 and 3 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files write -- append /tmp/日记.txt 你好
import { open } from 'node:fs/promises';
import { todo } from '#todo';
import { complain } from './complain.ts';

/** The flag for each word: what open(2) is to do with a file that is there, and with one that is not. */
const FLAGS = {
  // TODO: step 2: put the right flag for each. The table stands in the note; `r` is right for none of them.
  new: 'r',
  replace: 'r',
  append: 'r',
};

const { how, file, text } = readArguments();

// Done for you: what was written is said, and an error that has a code is one line on stderr.
try {
  const bytes = Buffer.from(text);
  const at = typeof how === 'number' ? await writeOver(bytes, how) : await write(bytes, FLAGS[how]);
  console.log(`${bytes.length} bytes, from byte ${at}`);
} catch (error) {
  complain('write', file, error);
}

/** Writes all bytes with one of the flags, and returns the position at which they begin. */
async function write(bytes: Buffer, flags: string): Promise<number> {
  // TODO: step 2: choose the flags above. Then take this line away.
  todo('step 2: choose the flags, and write the bytes');
  const handle = await open(file, flags);
  // Done for you: whatever happens to it, a file that was opened is closed.
  try {
    // TODO: step 2: write all the bytes, with writeFile() of the handle, and wait until it is done.
    // TODO: step 2: return the position at which they begin. They are the last bytes of the file: stat() tells its size.
    return 0;
  } finally {
    await handle.close();
  }
}

/** Writes the bytes from a position on. All others stay; a gap behind the old end reads as zeros. */
async function writeOver(bytes: Buffer, position: number): Promise<number> {
  // TODO: step 3: open the file so that it keeps what it holds, and that a file that is not there is an error.
  // TODO: step 3: write the bytes at `position`, with write() of the handle. It may take less than it is given, and tells how
  //   much it took: offer it the rest until all are written.
  // TODO: step 3: close the file, whatever has happened, as in write() above. Return the position.
  return todo('step 3: write over the bytes at a position');
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
