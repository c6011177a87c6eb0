// Removes files. What is not there any more need not be removed.
//
// The task: step 5 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files remove -- /tmp/日记.txt
import { unlink } from 'node:fs/promises';
import { todo } from '#todo';
import { complain } from './complain.ts';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: remove <file>...');
  process.exit(2);
}

for (const file of files) {
  // TODO: step 5: print `<file>: ` and what remove() returns.
  // TODO: step 5: if it throws, call complain('remove', file, error), and go on with the next file.
  await remove(file);
}

/** Removes one name, be it of a file or of a link; never a directory. Returns what has happened, in words. */
async function remove(file: string): Promise<string> {
  // TODO: step 5: remove the name, with unlink(), and return 'removed'. Do not ask first whether it is there.
  // TODO: step 5: if unlink() says that nothing is there, return 'not there'. Throw all other errors on.
  return todo('step 5: remove the file');
}
