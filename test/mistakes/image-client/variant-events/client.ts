// Sends pictures, and prints what was recognised: by events, with one timer that is set anew at each reply.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    timeout: { type: 'string', default: '30' },
  },
});
const [category = '', ...paths] = positionals;
const pictures = paths.map((path) => {
  try {
    return readFileSync(path);
  } catch (error) {
    return fail((error as Error).message, path);
  }
});

let kept = Buffer.alloc(0);
let printed = 0;
let status = 0;
const socket = connect({ host: values.host, port: Number(values.port), allowHalfOpen: true });
const timer = setTimeout(() => fail('no reply came in time'), Number(values.timeout) * 1000);

socket.on('error', (error) => fail(error.message));
socket.on('end', () => fail(`the server ended after ${printed} replies`));
socket.on('data', (chunk) => {
  kept = Buffer.concat([kept, chunk]);
  while (kept.length >= 4) {
    const end = 4 + kept.readUInt32BE();
    if (end > 65_540) fail('a reply that is too long');
    if (kept.length < end) return;
    print(paths[printed] as string, kept.toString('utf8', 4, end));
    kept = kept.subarray(end);
    printed += 1;
    timer.refresh();
    if (printed === paths.length) process.exit(status);
  }
});

const name = Buffer.from(category);
for (const picture of pictures) {
  const [one, two] = [Buffer.alloc(2), Buffer.alloc(4)];
  one.writeUInt16BE(name.length);
  two.writeUInt32BE(picture.length);
  for (const part of [one, name, two, picture]) socket.write(part);
}
socket.end();

function print(path: string, text: string): void {
  let reply: { labels?: string[]; error?: string } | null = null;
  try {
    reply = JSON.parse(text) as typeof reply;
  } catch {
    // told below
  }
  if (Array.isArray(reply?.labels)) console.log(`${path}: ${plain(reply.labels.join(', '))}`);
  else if (typeof reply?.error === 'string') {
    console.error(`client: ${path}: ${plain(reply.error)}`);
    status = 1;
  } else fail('this is no reply');
}

function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}

function fail(why: string, where = `${values.host}:${values.port}`): never {
  console.error(`client: ${where}: ${why}`);
  process.exit(1);
}
