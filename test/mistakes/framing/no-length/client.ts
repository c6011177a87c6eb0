// Sends each line of its stdin as one message, and believes that it arrived when the receipt says so.
//
// Try it in two terminals:
//   npm run ex -- framing server --solution
//   npm run ex -- framing client --solution        (type something; Ctrl+D ends it)
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Decoder } from './frame.ts';
import { sizeOf, unpack } from './struct.ts';

/** What is in a receipt: the number of the message on this connection, from 1, and its length in bytes. */
const RECEIPT = '>II';

const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the server broke the connection',
  EPIPE: 'the server broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the server ended the connection before all was sent',
};

const { host, port } = readOptions();
const socket = connect({ host, port });
/** The length of each message that was sent, in bytes. */
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
  for await (const line of createInterface({ input: process.stdin })) {
    const message = Buffer.from(line);
    lengths.push(message.length);
    yield message;
  }
}

/** Prints the receipts as they come, up to the FIN. Throws RangeError unless there is the right one for each message. */
async function readReceipts(): Promise<void> {
  const decoder = new Decoder(sizeOf(RECEIPT));
  let received = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    for (const receipt of decoder.push(chunk)) {
      const [number, length] = unpack(RECEIPT, receipt);
      if (number !== received + 1 || length !== lengths[received]) {
        throw new RangeError(`a receipt for message ${number} of ${length} bytes is wrong`);
      }
      received += 1;
      console.log(`message ${number}: ${length} bytes arrived`);
    }
  }
  if (received < lengths.length) {
    throw new RangeError(`ended after ${received} of ${lengths.length} receipts`);
  }
}

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
