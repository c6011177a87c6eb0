// Writes through streams, and leaves before they have written.
import { createWriteStream, mkdirSync, readFileSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const files = new Map<string, WriteStream>();
let current = '';
for (const line of readFileSync(source, 'utf8').split('\n')) {
  const { name, speech } = parse(line);
  if (name === undefined && speech === '') continue;
  current = name ?? current;
  const file = files.get(current) ?? createWriteStream(join(directory, `${current}.txt`));
  files.set(current, file);
  file.write(`${speech}\n`);
}
process.exit(0);
