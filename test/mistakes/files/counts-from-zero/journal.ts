// The mistake: the first is number 0.
import { open } from 'node:fs/promises';
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
  const handle = await open(path, 'a');
  try {
    let saved = 0;
    for await (const line of createInterface({ input: process.stdin })) {
      await handle.appendFile(`${line}\n`);
      await handle.sync();
      console.log(`saved ${saved}`);
      saved += 1;
    }
  } finally {
    await handle.close();
  }
}
