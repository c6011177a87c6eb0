// The mistake: the end of the file is where I wrote last.
import { constants } from 'node:fs';
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
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT);
  let end = (await handle.stat()).size;
  try {
    let saved = 0;
    for await (const line of createInterface({ input: process.stdin })) {
      const bytes = Buffer.from(`${line}\n`);
      await handle.write(bytes, 0, bytes.length, end);
      end += bytes.length;
      await handle.sync();
      saved += 1;
      console.log(`saved ${saved}`);
    }
  } finally {
    await handle.close();
  }
}
