// The mistake: an error that has a code says enough.
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
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return [...decoder.decode(bytes)].length;
}
