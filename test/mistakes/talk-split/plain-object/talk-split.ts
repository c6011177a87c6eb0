// Keeps what was said in an object, one property for each speaker.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, readLines } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const said: Record<string, string[]> = {};
let current = '';
for await (const lines of readLines(source)) {
  for (const line of lines) {
    const { name, speech } = parse(line);
    if (name === undefined && speech === '') continue;
    current = name ?? current;
    if (!(current in said)) said[current] = [];
    said[current]?.push(speech);
  }
}
for (const [name, lines] of Object.entries(said)) {
  writeFileSync(join(directory, `${name}.txt`), `${lines.join('\n')}\n`);
  console.log(`${name}: ${lines.length}`);
}
