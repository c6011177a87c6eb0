// The mistake: a file that nobody uses any more closes by itself.
import { fsyncSync, openSync, writeSync } from 'node:fs';
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
  let saved = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const journal = openSync(path, 'a');
    writeSync(journal, `${line}\n`);
    fsyncSync(journal);
    saved += 1;
    console.log(`saved ${saved}`);
  }
}
