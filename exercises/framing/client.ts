// Sends each line of its stdin as one message, and believes that it arrived when the receipt says so.
//
// The task: steps 3 and 6 of README.md beside this file.
// Try it by hand:                        npm run ex -- framing server --solution
//                  in a second terminal: npm run ex -- framing client
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Decoder, encode } from './frame.ts';
import { sizeOf, unpack } from './struct.ts';
import { todo } from '#todo';

/** What is in a receipt: the number of the message on this connection, from 1, and its length in bytes. */
const RECEIPT = '>II';

const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the server broke the connection',
  EPIPE: 'the server broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the server ended the connection before all was sent',
};

// Done for you: the main program.
const { host, port } = readOptions();
const socket = connect({ host, port });
/** The length of each message that was sent, in bytes. Of use in step 6. */
const lengths: number[] = [];

try {
  // Both directions at once: a client that first sends everything would fill the buffers of a server that answers.
  await Promise.all([pipeline(frames(), socket), readReceipts()]);
} catch (error) {
  if (error instanceof RangeError) fail(error.message);
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = BROKEN[code];
  if (!reason) throw error;
  fail(`${reason} (${code})`);
}

async function* frames(): AsyncGenerator<Buffer> {
  // TODO: step 3: for each line of stdin, `for await (const line of createInterface({ input: process.stdin }))`, yield the
  //   frame of its bytes. Also for an empty one.
  // TODO: step 6: keep in `lengths` how many bytes each message has.
  yield todo('step 3: send a frame for each line');
}

/** Prints the receipts as they come, up to the FIN. Throws RangeError unless there is the right one for each message. */
async function readReceipts(): Promise<void> {
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    // TODO: step 6: hand the chunk to a Decoder for messages of sizeOf(RECEIPT) bytes, made once. For each receipt that it
    //   finds, unpack() tells the number and the bytes. Print `message 1: 9 bytes arrived`.
    // TODO: step 6: if it is not the next number, or not the bytes of that message, throw a RangeError that says so.
  }
  // TODO: step 6: the server has ended: if there were fewer receipts than messages, throw a RangeError that says so.
}

// Done for you from here on: the command line.

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
