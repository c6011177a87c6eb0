// A variant: a stream from one position to another, piped into stdout.
import { createReadStream, statSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { start: { type: 'string' }, last: { type: 'string' }, length: { type: 'string' } },
});
const [file = ''] = positionals;

try {
  const { size } = statSync(file);
  const start = values.last ? Math.max(0, size - Number(values.last)) : Number(values.start ?? 0);
  const length = Math.min(Number(values.length ?? size), size - start);
  if (length > 0) {
    const piece = createReadStream(file, { start, end: start + length - 1 });
    piece.once('error', complain);
    piece.pipe(process.stdout);
  }
} catch (error) {
  complain(error);
}

function complain(error: unknown): void {
  console.error(`read: ${file}: ${(error as Error).message}`);
  process.exitCode = 1;
}
