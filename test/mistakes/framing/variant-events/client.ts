// Sends each line of its stdin as one message, and believes that it arrived when the receipt says so.
//
// Try it in two terminals:
//   npm run ex -- framing server --solution
//   npm run ex -- framing client --solution        (type something; Ctrl+D ends it)
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createDecoder, encode } from './frame.ts';

const { host, port } = readOptions();
const sizes: number[] = [];
let received = 0;
let sentAll = false;

const socket = connect({ host, port });
const decoder = createDecoder(8, (receipt) => {
  if (receipt.length !== 8) fail('this is no receipt');
  const [number, size] = [receipt.readUInt32BE(0), receipt.readUInt32BE(4)];
  if (number !== received + 1 || size !== sizes[received]) fail('a receipt for something else');
  received = number;
  process.stdout.write(`message ${number}: ${size} bytes arrived\n`);
});
socket.on('data', (chunk: Buffer) => {
  const wrong = decoder.take(chunk);
  if (wrong !== undefined) fail(wrong);
});
socket.on('end', () => {
  if (!sentAll || received !== sizes.length) fail(`only ${received} receipts`);
});
socket.on('error', (error: NodeJS.ErrnoException) => fail(`${error.code}`));

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  sizes.push(Buffer.byteLength(line));
  socket.write(encode(Buffer.from(line)));
});
lines.on('close', () => {
  sentAll = true;
  socket.end();
});

function readOptions(): { host: string; port: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
      },
    });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    return { host: values.host, port };
  } catch {
    console.error('usage: client [--host HOST] [--port PORT]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`client: ${host}:${port}: ${message}`);
  // Not exitCode: a stdin that is still open would keep the program waiting for a key.
  process.exit(1);
}
