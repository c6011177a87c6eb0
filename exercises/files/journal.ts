// Writes each line of its input behind a file, and says "saved" when a power cut could no longer take it away.
//
// The task: step 4 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files journal -- /tmp/日记.txt
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { todo } from '#todo';
import { complain } from './complain.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: journal <file>');
  process.exit(2);
}

// Done for you: an error that has a code is one line on stderr, and the end.
try {
  await keep(file);
} catch (error) {
  complain('journal', file, error);
}

/** Appends each line of stdin to the file, and confirms each. */
async function keep(path: string): Promise<void> {
  // TODO: step 4: open the file once, so that every write goes to its end, also when somebody else writes to it as well.
  let saved = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    // TODO: step 4: append the line and a line end, in one write, and wait until it is written.
    // TODO: step 4: wait until the disk has it: sync() of the handle.
    // TODO: step 4: count it, and say so: `saved 1`, `saved 2`, …
    todo('step 4: save the line');
  }
  // TODO: step 4: close the file, also when one of these calls has failed.
}
