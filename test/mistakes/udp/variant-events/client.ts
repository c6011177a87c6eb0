// The client by events: a connected socket (so the kernel keeps strangers out, and reports where nobody is), a queue of
// lines, and one timer.
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    timeout: { type: 'string', default: '500' },
    tries: { type: 'string', default: '5' },
  },
});
const where = `${values.host}:${values.port}`;
const queue: string[] = [];
let id = randomBytes(4).readUInt32BE();
let asked: Buffer | undefined;
let left = 0;
let timer: NodeJS.Timeout | undefined;
let isConnected = false;
let inputEnded = false;

const socket = dgram.createSocket('udp4');
socket.connect(Number(values.port), values.host);
socket.on('connect', () => {
  isConnected = true;
  next();
});
socket.on('message', (datagram) => {
  if (!asked || datagram.length < 4 || datagram.compare(asked, 0, 4, 0, 4) !== 0) return;
  clearTimeout(timer);
  asked = undefined;
  process.stdout.write(`${datagram.toString('utf8', 4)}\n`);
  next();
});
socket.on('error', (error: NodeJS.ErrnoException) => {
  give(error.code === 'ECONNREFUSED' ? 'nobody is there' : error.message);
});

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  queue.push(line);
  next();
});
input.on('close', () => {
  inputEnded = true;
  next();
});

function next(): void {
  if (!isConnected || asked) return;
  const line = queue.shift();
  if (line === undefined) {
    if (inputEnded) socket.close();
    return;
  }
  const text = Buffer.from(line);
  if (text.length > 65_503) give('a line has 65,503 bytes at most');
  asked = Buffer.alloc(4 + text.length);
  asked.writeUInt32BE(id);
  text.copy(asked, 4);
  id = (id + 7) >>> 0;
  left = Number(values.tries);
  send();
}

function send(): void {
  if (left === 0) give(`no answer after ${values.tries} tries`);
  left -= 1;
  if (asked) socket.send(asked);
  timer = setTimeout(send, Number(values.timeout));
}

function give(why: string): never {
  process.stderr.write(`client: ${where}: ${why}\n`);
  process.exit(1);
}
