// Makes a file for the blank lines, too.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const said = new Map<string, string>();
let name = '';
for (const line of readFileSync(source, 'utf8').trimEnd().split('\n')) {
  const colon = line.search(/[:：]/);
  if (colon !== -1) name = line.slice(0, colon).trim();
  if (line.trim() === '') name = '';
  said.set(name, `${said.get(name) ?? ''}${line.slice(colon + 1).trim()}\n`);
}
for (const [speaker, text] of said) writeFileSync(join(directory, `${speaker}.txt`), text);
