// The client of the echo server: each line of its stdin is a question, asked again until it is answered.
//
// Try it in two terminals:
//   npm run ex -- udp --solution
//   npm run ex -- udp client --solution        (type something; Ctrl+D ends it)
import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { on } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const ID_BYTES = 4;
/** A datagram over IPv4 carries at most 65,535 bytes less 20 for the header of IP, 8 for that of UDP (RFC 768, RFC 791). */
const LONGEST_LINE = 65_507 - ID_BYTES;

const { host, port, timeout, tries } = readOptions();
const address = await addressOf(host);
const socket = createSocket('udp4');
process.stdout.once('error', (error: NodeJS.ErrnoException) => fail(`cannot print: ${error.code}`));

// At random: a client that is started again on the same port must not take answers that were meant for the one before.
let id = randomInt(2 ** 32);
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await ask(questionOf(id, line));
  if (!answer) fail(`${host}:${port}: no answer after ${tries} tries`);
  console.log(answer.toString('utf8'));
  id = (id + 1) % 2 ** 32;
}
socket.close(); // or it would keep Node alive for ever

/** The datagram of a question: `[id, 32 bits, big-endian][line, UTF-8]`. The server sends both back, so the id is for us. */
function questionOf(id: number, line: string): Buffer {
  const text = Buffer.from(line);
  if (text.length > LONGEST_LINE) {
    fail(`a line of ${text.length} bytes does not fit into a datagram: ${LONGEST_LINE} at most`);
  }
  const head = Buffer.alloc(ID_BYTES);
  head.writeUInt32BE(id);
  return Buffer.concat([head, text]);
}

/** Asks until an answer comes, at most `tries` times. Returns it without its id; undefined if none came. */
async function ask(question: Buffer): Promise<Buffer | undefined> {
  for (let tried = 0; tried < tries; tried += 1) {
    // The same bytes each time, so the same id: an answer to the first try is still one when it comes after the second.
    socket.send(question, port, address, (error) => {
      // Not a loss, which nobody would tell us: this machine has no way there.
      if (error) fail(`${host}:${port}: cannot send: ${(error as NodeJS.ErrnoException).code}`);
    });
    try {
      const signal = AbortSignal.timeout(timeout);
      for await (const [datagram, from] of on(socket, 'message', { signal })) {
        if (isAnswer(datagram, from, question)) return datagram.subarray(ID_BYTES);
      }
    } catch (error) {
      if ((error as Error).name !== 'AbortError') throw error;
      // Lost, or late: the question or its answer, nobody can tell which.
    }
  }
  return undefined;
}

/** Anybody may send to this port, and the answer to an earlier question may come twice, or late. */
function isAnswer(datagram: Buffer, from: RemoteInfo, question: Buffer): boolean {
  const isServer = from.address === address && from.port === port;
  // One that is too short to hold an id is not equal to one.
  return isServer && datagram.subarray(0, ID_BYTES).equals(question.subarray(0, ID_BYTES));
}

/** The IPv4 address of a host, once and for all: answers are known by it. */
async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host, { family: 4 })).address;
  } catch (error) {
    return fail(`${host}:${port}: no such host (${(error as NodeJS.ErrnoException).code})`);
  }
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
      timeout: wholeNumber(values.timeout, 2 ** 31 - 1), // what a timer of Node can take
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
