// A variant: all lines that have come are written by one call, and synced once (group commit); then each is confirmed.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const [file = ''] = process.argv.slice(2);
const decoder = new StringDecoder('utf8');
let rest = '';
let saved = 0;

try {
  const journal = openSync(file, 'a');
  for await (const chunk of process.stdin) keep(journal, rest + decoder.write(chunk as Buffer));
  if (rest !== '') keep(journal, `${rest}\n`);
  closeSync(journal);
} catch (error) {
  console.error(`journal: ${file}: ${(error as Error).message}`);
  process.exitCode = 1;
}

function keep(journal: number, text: string): void {
  const end = text.lastIndexOf('\n') + 1;
  rest = text.slice(end);
  if (end === 0) return;
  let bytes = Buffer.from(text.slice(0, end));
  const lines = text.slice(0, end).split('\n').length - 1;
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(journal, bytes));
  fdatasyncSync(journal);
  for (let line = 0; line < lines; line += 1) console.log(`saved ${(saved += 1)}`);
}
