// Sends its id in one byte.
import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { on } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { host, port, timeout, tries } = readOptions();
const address = (await lookup(host, { family: 4 })).address;
const socket = createSocket('udp4');
let id = randomInt(2 ** 8);

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await ask(questionOf(line));
  if (!answer) fail(`${host}:${port}: no answer after ${tries} tries`);
  console.log(answer.toString());
}
socket.close();

function questionOf(line: string): Buffer {
  if (Buffer.byteLength(line) > 65_503) fail('a line may have 65503 bytes');
  const head = Buffer.from([id]);
  id += 1;
  return Buffer.concat([head, Buffer.from(line)]);
}

async function ask(question: Buffer): Promise<Buffer | undefined> {
  for (let tried = 0; tried < tries; tried += 1) {
    socket.send(question, port, address);
    try {
      const signal = AbortSignal.timeout(timeout);
      for await (const [datagram, from] of on(socket, 'message', { signal })) {
        if (isAnswer(datagram, from, question)) return datagram.subarray(4);
      }
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
    }
  }
  return undefined;
}

function isAnswer(datagram: Buffer, from: RemoteInfo, question: Buffer): boolean {
  if (from.address !== address || from.port !== port) return false;
  return datagram.length >= 4 && datagram.readUInt32BE() === question.readUInt32BE();
}

function readOptions(): { host: string; port: number; timeout: number; tries: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        timeout: { type: 'string', default: '500' },
        tries: { type: 'string', default: '5' },
      },
    });
    return {
      host: values.host,
      port: wholeNumber(values.port, 65_535),
      timeout: wholeNumber(values.timeout, 2 ** 31 - 1),
      tries: wholeNumber(values.tries, 1_000_000),
    };
  } catch {
    console.error('usage: client [--host HOST] [--port PORT] [--timeout MS] [--tries N]');
    process.exit(2);
  }
}

function wholeNumber(text: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new RangeError('out of range');
  return number;
}

function fail(message: string): never {
  console.error(`client: ${message}`);
  process.exit(1);
}
