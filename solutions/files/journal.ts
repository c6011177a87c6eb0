// Writes each line of its input behind a file, and says "saved" when a power cut could no longer take it away.
//
// Try it: npm run ex -- files journal --solution -- /tmp/日记.txt     (type lines; Ctrl+D ends)
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
  // Opened once. With the flag `a` the kernel puts every write at the end, wherever that is by then: two journals may
  // write to one file, and no line goes over another.
  const handle = await open(path, 'a');
  try {
    let saved = 0;
    for await (const line of createInterface({ input: process.stdin })) {
      // Line and line end in one write, so that nothing of another journal comes between them.
      await handle.appendFile(`${line}\n`);
      // Written is in the memory of the kernel. sync() returns when the disk has it. That is dear, and a data base that
      // must be fast does it once for many lines (group commit): left out here.
      await handle.sync();
      saved += 1;
      console.log(`saved ${saved}`);
    }
  } finally {
    await handle.close();
  }
}
