// Opens a file that is there already for writing, and leaves what is longer in it.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const said = new Map<string, string>();
let current = '';
for (const line of readFileSync(source, 'utf8').split('\n')) {
  const { name, speech } = parse(line);
  if (name === undefined && speech === '') continue;
  current = name ?? current;
  said.set(current, `${said.get(current) ?? ''}${speech}\n`);
}
for (const [name, text] of said) {
  const path = join(directory, `${name}.txt`);
  const file = openSync(path, existsSync(path) ? 'r+' : 'w');
  writeSync(file, text);
  closeSync(file);
}
