// Done for you. Prints values as bytes. They are no text, so look at them with hexdump. The runner speaks
// first; tail takes the 12 bytes behind its words:
//
//   npm run ex -- framing pack -- '>HI6s' 1 2 老王 | tail -c 12 | hexdump -C
import { pack } from './struct.ts';

const [format, ...values] = process.argv.slice(2);
if (format === undefined) {
  console.error('usage: pack FORMAT [VALUE ...]');
  process.exit(2);
}

try {
  process.stdout.write(pack(format, values));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(`pack: ${error.message}`);
  process.exitCode = 1;
}
