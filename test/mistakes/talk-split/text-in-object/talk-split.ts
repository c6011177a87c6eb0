// Keeps what was said in an object, as text that grows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, readLines } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const said: Record<string, string> = {};
let current = '';
for await (const lines of readLines(source)) {
  for (const line of lines) {
    const { name, speech } = parse(line);
    if (name === undefined && speech === '') continue;
    current = name ?? current;
    said[current] = `${said[current] ?? ''}${speech}\n`;
  }
}
for (const [name, text] of Object.entries(said)) {
  writeFileSync(join(directory, `${name}.txt`), text);
  console.log(`${name}: ${text.split('\n').length - 1}`);
}
