// Counts a text file twice: the bytes that are stored, and the characters (code points) that they stand for.
//
// Try it: npm run ex -- files count --solution -- exercises/files/诗.txt
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { complain } from './complain.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: count <file>');
  process.exit(2);
}

try {
  const bytes = await readFile(file);
  console.log(`${bytes.length} bytes, ${charactersIn(bytes)} characters`);
} catch (error) {
  complain('count', file, error);
}

/** How many characters (code points) the bytes stand for. Throws an error with a code if they are not UTF-8. */
function charactersIn(bytes: Buffer): number {
  // Asked before they are decoded: toString() never fails, it writes U+FFFD for what it cannot read.
  if (!isUtf8(bytes)) throw notText();
  // A string counts in units of 16 bits, of which 𠮷 takes two; to go through it gives whole code points. What a reader
  // takes for one sign may be several of these (e and an accent): left out here, see Intl.Segmenter.
  return [...bytes.toString()].length;
}

/** An error with a code, which complain() says. */
function notText(): Error {
  return Object.assign(new Error('not text'), { code: 'not UTF-8' });
}
