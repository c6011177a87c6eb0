// Reads bytes from stdin and prints the values in them, one a line:
//
//   printf '\0\1\0\0\0\2' | npm run ex -- framing unpack --solution -- '>HI'
import { buffer } from 'node:stream/consumers';
import { unpack } from './struct.ts';

const [format, ...others] = process.argv.slice(2);
if (format === undefined || others.length > 0) {
  console.error('usage: unpack FORMAT');
  process.exit(2);
}

try {
  // All of it, up to the end: a pipe hands over pieces, as a socket does.
  for (const value of unpack(format, await buffer(process.stdin))) console.log(String(value));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(`unpack: ${error.message}`);
  process.exitCode = 1;
}
