// Separates a dialogue by speaker, with readline and one stream for each speaker. The file is read as latin1, where every
// byte is a character, so that the bytes of a line can be had back and looked at before they are decoded.
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';

class Unusable extends Error {}

const [source, directory, more] = process.argv.slice(2);
if (source === undefined || directory === undefined || more !== undefined) {
  console.error('usage: talk-split <talk.txt> <outdir>');
  process.exit(2);
}

const counts = new Map<string, number>();
const streams = new Map<string, WriteStream>();
const decoder = new TextDecoder('utf-8', { fatal: true });
let number = 0;
let name: string | undefined;

try {
  mkdirSync(directory, { recursive: true });
  const input = createReadStream(source, 'latin1');
  await once(input, 'open');
  for await (const line of createInterface({ input, crlfDelay: Infinity })) await take(line);
  for (const stream of streams.values()) stream.end();
  await Promise.all([...streams.values()].map((stream) => finished(stream)));
  for (const [speaker, count] of counts) console.log(speaker + ': ' + count);
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (!(error instanceof Unusable) && !path) throw error;
  console.error(`talk-split: ${path ?? source}: ${path ? code : (error as Error).message}`);
  process.exit(1);
}

async function take(line: string): Promise<void> {
  number += 1;
  const text = decode(line).trim();
  if (text === '') return;
  const found = /^(?<who>[^:：]*)[:：](?<what>.*)$/s.exec(text)?.groups;
  if (found) name = found.who?.trimEnd() ?? '';
  if (name === undefined) throw new Unusable(`line ${number}: who said this?`);
  if (name === '') throw new Unusable(`line ${number}: a name is missing`);
  counts.set(name, (counts.get(name) ?? 0) + 1);
  const stream = streams.get(name) ?? (await begin(name));
  if (!stream.write(`${(found?.what ?? text).trim()}\n`)) await once(stream, 'drain');
}

async function begin(speaker: string): Promise<WriteStream> {
  const file = `${[...speaker].map((sign) => ('/\\\0%'.includes(sign) ? encodeURIComponent(sign) : sign)).join('')}.txt`;
  if (Buffer.from(file).length > 255) throw new Unusable(`line ${number}: too long a name`);
  const stream = createWriteStream(`${directory}/${file}`);
  await once(stream, 'open');
  streams.set(speaker, stream);
  return stream;
}

function decode(line: string): string {
  try {
    return decoder.decode(Buffer.from(line, 'latin1'));
  } catch (error) {
    throw new Unusable(`line ${number}: these bytes are not UTF-8`, { cause: error });
  }
}
