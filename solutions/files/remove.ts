// Removes files. What is not there any more need not be removed.
//
// Try it: npm run ex -- files remove --solution -- /tmp/日记.txt
import { unlink } from 'node:fs/promises';
import { complain } from './complain.ts';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: remove <file>...');
  process.exit(2);
}

for (const file of files) {
  try {
    console.log(`${file}: ${await remove(file)}`);
  } catch (error) {
    complain('remove', file, error);
  }
}

/** Removes one name, be it of a file or of a link; never a directory. Returns what has happened, in words. */
async function remove(file: string): Promise<string> {
  try {
    // Not "if it is there, remove it": somebody else may remove it in between. And a link to nothing is there, although
    // whoever follows it finds nothing.
    await unlink(file);
    return 'removed';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'not there';
    throw error;
  }
}
