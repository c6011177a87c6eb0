// Says what there is under a path: a file and its size, a directory and its names, something else, or nothing.
//
// The task: step 5 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files look -- exercises/files nowhere
import { readdir, stat } from 'node:fs/promises';
import { todo } from '#todo';
import { complain } from './complain.ts';

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: look <path>...');
  process.exit(2);
}

// Done for you: each path by itself, and an error that has a code is one line on stderr.
for (const path of paths) {
  try {
    for (const line of await describe(path)) console.log(line);
  } catch (error) {
    complain('look', path, error);
  }
}

/** What there is under a path, in one line; for a directory also its names, sorted, a line each. */
async function describe(path: string): Promise<string[]> {
  // TODO: step 5: ask what stands under the path, with stat(): for a file return `<path>: file, <size> bytes`.
  // TODO: step 5: for a directory return `<path>: directory, <n> entries`, and its names behind it, sorted, each as `  <name>`.
  // TODO: step 5: for all that is neither return `<path>: something else`.
  // TODO: step 5: if stat() says that nothing is there (ENOENT, ENOTDIR), return `<path>: not there`. Throw all other errors on.
  return todo('step 5: say what is there');
}
