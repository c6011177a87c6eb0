// The mistake: to remove what is not there is an error, so ask first.
import { existsSync } from 'node:fs';
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
    if (!existsSync(file)) return 'not there';
    await unlink(file);
    return 'removed';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'not there';
    throw error;
  }
}
