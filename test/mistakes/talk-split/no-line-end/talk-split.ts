// Puts line ends between the lines, and none behind the last one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, readLines } from './dialogue.ts';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const said = new Map<string, string[]>();
let current: string[] = [];
for await (const lines of readLines(source)) {
  for (const line of lines) {
    const { name, speech } = parse(line);
    if (name === undefined && speech === '') continue;
    if (name !== undefined) current = said.get(name) ?? [];
    if (name !== undefined) said.set(name, current);
    current.push(speech);
  }
}
for (const [name, lines] of said) writeFileSync(join(directory, `${name}.txt`), lines.join('\n'));
