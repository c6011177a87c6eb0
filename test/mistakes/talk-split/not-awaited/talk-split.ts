// Starts every write at once, and waits for none.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const counts = new Map<string, number>();
let current = '';
for (const line of readFileSync(source, 'utf8').split('\n')) {
  const { name, speech } = parse(line);
  if (name === undefined && speech === '') continue;
  current = name ?? current;
  const path = join(directory, `${current}.txt`);
  if (!counts.has(current)) rmSync(path, { force: true });
  counts.set(current, (counts.get(current) ?? 0) + 1);
  void appendFile(path, `${speech}\n`);
}
for (const [name, count] of counts) console.log(`${name}: ${count}`);
