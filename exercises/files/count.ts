// Counts a text file twice: the bytes that are stored, and the characters (code points) that they stand for.
//
// The task: step 1 of README.md beside this file. Check it at every save: npm run ex -- files --watch
// Try it by hand: npm run ex -- files count -- exercises/files/诗.txt
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { todo } from '#todo';
import { complain } from './complain.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: count <file>');
  process.exit(2);
}

// Done for you: the file is read as bytes, and an error that has a code is one line on stderr.
try {
  const bytes = await readFile(file);
  console.log(`${bytes.length} bytes, ${charactersIn(bytes)} characters`);
} catch (error) {
  complain('count', file, error);
}

/** How many characters (code points) the bytes stand for. Throws an error with a code if they are not UTF-8. */
function charactersIn(bytes: Buffer): number {
  // TODO: step 1: if the bytes are not UTF-8, throw notText(). Ask the bytes: isUtf8() is imported above.
  // TODO: step 1: decode them, and return how many characters the text has. Its `length` counts something else.
  return todo('step 1: count the characters');
}

/** Done for you: an error with a code, which complain() says. */
function notText(): Error {
  return Object.assign(new Error('not text'), { code: 'not UTF-8' });
}
