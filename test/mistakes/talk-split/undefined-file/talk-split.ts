// Takes for granted that every line has a colon, once the blank ones are gone.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const [source = '', directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });

const begun = new Set<string>();
for (const line of readFileSync(source, 'utf8').split('\n')) {
  if (line.trim() === '') continue;
  const found = line.match(/^(.*?)[:：](.*)$/);
  const file = `${directory}/${found?.[1]?.trim()}.txt`;
  if (!begun.has(file) && existsSync(file)) rmSync(file);
  begun.add(file);
  appendFileSync(file, `${(found?.[2] ?? line).trim()}\n`);
}
