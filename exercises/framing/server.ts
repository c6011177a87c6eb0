// Takes messages in frames, prints each one, and answers it with a receipt: which message it was, and how long.
//
// The task: steps 4 and 5 of README.md beside this file.
// Try it by hand:                        npm run ex -- framing server
//                  in a second terminal: npm run ex -- framing client --solution
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Decoder, encode } from './frame.ts';
import { pack } from './struct.ts';
import { todo } from '#todo';

// Done for you: a server that calls serve() for each client that connects.
const { host, port, max } = readOptions();
const clients = new Set<Socket>();

const server = createServer({ allowHalfOpen: true }, serve);
server.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot listen on ${host}:${port}: ${error.code}`),
);
server.listen({ host, port }, announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

/** Done for you, but for step 5. Serves one client to its end. What it does wrong is one line on stderr, and the end of its connection alone. */
async function serve(socket: Socket): Promise<void> {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  clients.add(socket);
  try {
    // As it stands, leaving a loop over a socket closes it, and the last receipts would be lost.
    const chunks = socket.iterator({ destroyOnReturn: false });
    // pipeline() asks for the next receipt when the client has taken the last, and ends our side behind the last one.
    await pipeline(receipts(chunks, from), socket);
  } catch (error) {
    // TODO: step 5: a RangeError is what a client did wrong: print `server: ${from}: ${error.message}` on stderr,
    //   and do nothing more. The line below stays, for all other errors.
    if (!isBrokenConnection(error)) throw error;
  } finally {
    clients.delete(socket);
  }
}

/** Prints the messages in the chunks, and yields the receipt for each. Throws RangeError for a stream that is wrong. */
async function* receipts(chunks: AsyncIterable<Buffer>, from: string): AsyncGenerator<Buffer> {
  // TODO: step 4: make a Decoder with the limit `max`, and hand it every chunk: `for await (const chunk of chunks)`.
  // TODO: step 4: for each message that it finds, print one line on stdout: `from`, a space, and the text as
  //   JSON.stringify() writes it. Then yield the frame of its receipt: encode(pack('>II', [its number, its bytes])).
  // TODO: step 5: when the chunks have ended and decoder.pending is not 0, throw a RangeError that says so.
  yield todo('step 4: print the messages, and yield a receipt for each');
}

// Done for you from here on.

function isBrokenConnection(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code);
}

function stop(): void {
  server.close();
  for (const client of clients) client.destroy();
}

function readOptions(): { host: string; port: number; max: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        max: { type: 'string', default: '65536' },
      },
    });
    const [port, max] = [Number(values.port), Number(values.max)];
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    if (!Number.isInteger(max) || max < 1 || max >= 2 ** 30) throw new RangeError('no such limit');
    return { host: values.host, port, max };
  } catch {
    console.error('usage: server [--host HOST] [--port PORT] [--max BYTES]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
