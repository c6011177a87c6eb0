// The mistake: write() has written when it returns.
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { complain } from './complain.ts';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined || rest.length > 0) {
  console.error('usage: journal <file>');
  process.exit(2);
}

try {
  await keep(file);
} catch (error) {
  complain('journal', file, error);
}

/** Appends each line of stdin to the file, and confirms each. */
async function keep(path: string): Promise<void> {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', (error) => complain('journal', path, error));
  let saved = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    stream.write(`${line}\n`);
    saved += 1;
    console.log(`saved ${saved}`);
  }
  stream.end();
}
