// A sender by events: read a block, write it, wait for 'drain', read the next one.
import { createHash } from 'node:crypto';
import { fstatSync, openSync, readSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const { path, host, port } = readArguments();
const file = openFile();
const { size } = fstatSync(file);
const hash = createHash('sha256');
let left = size;
let answer = '';

const socket = connect({ host, port, allowHalfOpen: true }, () => {
  const name = Buffer.from(basename(path));
  const header = Buffer.alloc(10 + name.length);
  header[0] = name.length >> 8;
  header[1] = name.length & 255;
  name.copy(header, 2);
  header.writeUInt32BE(Math.floor(size / 2 ** 32), 2 + name.length);
  header.writeUInt32BE(size % 2 ** 32, 6 + name.length);
  socket.write(header);
  pump();
});
socket.on('drain', pump);
socket.on('error', (error: NodeJS.ErrnoException) => fail(`${host}:${port}: ${error.code}`));
socket.on('data', (chunk: Buffer) => {
  answer += chunk.toString('latin1'); // one character a byte: nothing is cut
  if (answer.includes('\n')) judge(Buffer.from(answer, 'latin1').toString().split('\n')[0] ?? '');
});
socket.on('end', () => fail(`${host}:${port}: no answer`));

function pump(): void {
  while (left > 0) {
    const block = Buffer.allocUnsafe(Math.min(left, 256 * 1024));
    const count = readSync(file, block, 0, block.length, null);
    if (count === 0) fail(`${path}: has become shorter`);
    left -= count;
    hash.update(block.subarray(0, count));
    if (!socket.write(block.subarray(0, count))) return;
  }
  if (!socket.writableEnded) socket.end();
}

function judge(line: string): void {
  const clean = [...line].filter((sign) => !/[\p{Cc}\p{Cf}]/u.test(sign)).join('');
  if (clean.startsWith('ERR')) fail(`${host}:${port}: ${clean}`);
  const mine = left === 0 ? hash.digest('hex') : '';
  if (clean !== `OK ${mine}`) fail(`${host}:${port}: not what I sent: ${clean}`);
  console.log(`sent ${basename(path)}: ${size} bytes, sha256 ${mine}`);
  process.exit(0);
}

function openFile(): number {
  try {
    if (!statSync(path).isFile()) fail(`${path}: not a file`);
    return openSync(path, 'r');
  } catch (error) {
    return fail(`${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function readArguments(): { path: string; host: string; port: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
      },
    });
    const [path] = positionals;
    if (path === undefined) throw new RangeError('one file');
    return { path, host: values.host, port: Number(values.port) };
  } catch {
    console.error('usage: sender <file> [--host HOST] [--port PORT]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`sender: ${message}`);
  process.exit(1);
}
