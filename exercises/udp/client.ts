// The client of the echo server: each line of its stdin is a question, asked again until it is answered.
//
// The task: steps 4 to 6 of README.md beside this file.
// Try it by hand:                        npm run ex -- udp --solution
//                  in a second terminal: npm run ex -- udp client
import { createSocket, type RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

const ID_BYTES = 4;
/** A datagram over IPv4 carries at most 65,535 bytes less 20 for the header of IP, 8 for that of UDP (RFC 768, RFC 791). */
const LONGEST_LINE = 65_507 - ID_BYTES;

const { host, port, timeout, tries } = readOptions();
const address = await addressOf(host);
const socket = createSocket('udp4');
process.stdout.once('error', (error: NodeJS.ErrnoException) => fail(`cannot print: ${error.code}`));

// TODO: step 6: begin with a number at random instead (randomInt of node:crypto).
let id = 1;
// Done for you: one question at a time. The loop goes on with the next line when this one has its answer.
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await ask(questionOf(id, line));
  if (!answer) fail(`${host}:${port}: no answer after ${tries} tries`);
  // TODO: step 4: print the answer as one line, and take the next id for the next question; after 2 ** 32 - 1 comes 0.
  todo('step 4: print the answer');
}
// TODO: step 4: the input has ended and every line has its answer. What still keeps Node alive?
todo('step 4: end the client when its input has ended');

/** The datagram of a question: `[id, 32 bits, big-endian][line, UTF-8]`. The server sends both back, so the id is for us. */
function questionOf(id: number, line: string): Buffer {
  const text = Buffer.from(line);
  // TODO: step 4: a line of more than LONGEST_LINE bytes does not fit: call fail() with a message that names the limit.
  // TODO: step 4: return the id in four bytes, with the text behind it.
  return todo('step 4: make a datagram of id and line');
}

/** Asks until an answer comes, at most `tries` times. Returns it without its id; undefined if none came. */
async function ask(question: Buffer): Promise<Buffer | undefined> {
  // TODO: step 4: send the question to `port` and `address`, and wait for a 'message' for which isAnswer() is true.
  // TODO: step 5: after `timeout` milliseconds without an answer, send the same bytes again: `tries` times in all.
  return todo('step 4: send the question, and wait for its answer');
}

/** True if this is what the server says to this question. */
function isAnswer(datagram: Buffer, from: RemoteInfo, question: Buffer): boolean {
  // TODO: step 6: anybody may send to this port. Only `address` and `port` are the server.
  // TODO: step 6: an answer to an earlier question may come late, or twice. Only the id tells. It may also be too short.
  return true;
}

// Done for you from here on: the address of the server, and the command line.

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
