// Takes messages in frames, prints each one, and answers it with a receipt: which message it was, and how long.
//
// Try it in two terminals:
//   npm run ex -- framing server --solution
//   npm run ex -- framing client --solution        (type something; Ctrl+D ends it)
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Decoder, encode } from './frame.ts';
import { pack } from './struct.ts';

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

/** Serves one client to its end. What it does wrong is one line on stderr, and the end of its connection alone. */
async function serve(socket: Socket): Promise<void> {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  clients.add(socket);
  try {
    // As it stands, leaving a loop over a socket closes it, and the last receipts would be lost.
    const chunks = socket.iterator({ destroyOnReturn: false });
    // pipeline() asks for the next receipt when the client has taken the last, and ends our side behind the last one.
    await pipeline(receipts(chunks, from), socket);
  } catch (error) {
    if (error instanceof RangeError) console.error(`server: ${from}: ${error.message}`);
    else throw error;
  } finally {
    clients.delete(socket);
  }
}

/** Prints the messages in the chunks, and yields the receipt for each. Throws RangeError for a stream that is wrong. */
async function* receipts(chunks: AsyncIterable<Buffer>, from: string): AsyncGenerator<Buffer> {
  const decoder = new Decoder(max);
  let number = 0;
  for await (const chunk of chunks) {
    for (const message of decoder.push(chunk)) {
      number += 1;
      // Decoded when it is whole, and not before. As JSON it stays on one line, and no terminal obeys what is in it.
      console.log(`${from} ${JSON.stringify(message.toString('utf8'))}`);
      yield encode(pack('>II', [number, message.length]));
    }
  }
  // A FIN says that nothing more comes. Whether all has come, only the frame can tell.
  if (decoder.pending > 0) {
    throw new RangeError(`ended inside a frame, after ${decoder.pending} bytes of it`);
  }
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
