// The mistake: a character is what a reader takes for one.
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
  if (!isUtf8(bytes)) throw notText();
  return [...new Intl.Segmenter().segment(bytes.toString())].length;
}

/** An error with a code, which complain() says. */
function notText(): Error {
  return Object.assign(new Error('not text'), { code: 'not UTF-8' });
}
