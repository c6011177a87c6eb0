// Takes pictures, has them recognised, and sends back what was found: one reply for each picture, in their order.
//
// Try it in two terminals:
//   npm run ex -- image-client server --solution
//   npm run ex -- image-client client --solution -- 格式 /tmp/图/二维码.png
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { ByteReader } from './byte-reader.ts';
import { TimedOut, within } from './deadline.ts';
import { BrokenFrame, encodeReply, readRequest, type Reply, type Request } from './frame.ts';
import { openRecogniser, Unrecognised, type Recogniser } from './recogniser.ts';

const { host, port, max, timeout, recogniserName } = readOptions();
const recogniser = await open();
const clients = new Set<Socket>();

// allowHalfOpen: a client ends its side behind its last picture, and then waits for our replies.
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

/** Serves one client to its end. */
async function serve(socket: Socket): Promise<void> {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  clients.add(socket);
  socket.on('close', () => clients.delete(socket));
  socket.on('error', () => {}); // whoever reads or writes is thrown the same
  // As it stands, leaving the loop over a socket closes it, and the last replies would be lost.
  const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const bytes = new ByteReader(() => within(timeout, 'byte', () => chunks.next()));
  try {
    // pipeline() asks for the next reply when the client has taken the last, and ends our side behind the last one.
    await pipeline(replies(bytes, from), socket);
    linger(socket);
  } catch (error) {
    if (!isBrokenConnection(error)) throw error;
  }
}

/** The replies to the requests of one client. A stream that is wrong gets one last reply, and a line on stderr. */
async function* replies(bytes: ByteReader, from: string): AsyncGenerator<Buffer> {
  try {
    // One after the other: the next picture is not even read before this one is answered, so none can overtake it.
    let error: Reply | undefined;
    while (await bytes.more()) {
      const reply = await answer(await readRequest(bytes, max));
      if ('error' in reply) error = reply;
      yield encodeReply(error ?? reply);
    }
  } catch (error) {
    if (!(error instanceof BrokenFrame || error instanceof TimedOut)) throw error;
    console.error(`server: ${from}: ${error.message}`);
    yield encodeReply({ error: error.message });
  }
}

/** Asks the recogniser. What it cannot recognise, or not in time, is an answer, too: the connection goes on. */
async function answer({ category, picture }: Request): Promise<Reply> {
  try {
    const labels = await within(timeout, 'answer of the recogniser', (signal) =>
      recogniser.recognise(category, picture, signal),
    );
    return { labels };
  } catch (error) {
    if (error instanceof Unrecognised || error instanceof TimedOut) return { error: error.message };
    throw error;
  }
}

/**
 * Our side has ended. Reads away what the client still sends, until it ends or its time is up: if we closed with bytes
 * unread, the kernel would send a RST, and that throws away what the client has not read yet: our last reply.
 */
function linger(socket: Socket): void {
  if (socket.destroyed) return;
  socket.removeAllListeners('readable'); // whoever has begun to read holds the socket
  socket.resume();
  const limit = setTimeout(() => socket.destroy(), timeout * 1000);
  socket.once('close', () => clearTimeout(limit));
}

function isBrokenConnection(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code);
}

/** A picture may still be with the recogniser. Nobody waits for it any more, so nor do we. */
function stop(): void {
  server.close();
  for (const client of clients) client.destroy();
  process.exit(0);
}

async function open(): Promise<Recogniser> {
  try {
    return await openRecogniser(recogniserName);
  } catch (error) {
    if (!(error instanceof Unrecognised)) throw error;
    return fail(error.message);
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        max: { type: 'string', default: '4194304' },
        timeout: { type: 'string', default: '10' },
        recogniser: { type: 'string', default: 'local' },
      },
    });
    const [port, max, timeout] = [values.port, values.max, values.timeout].map(Number) as [
      number,
      number,
      number,
    ];
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    if (!Number.isInteger(max) || max < 1 || max >= 2 ** 30) throw new RangeError('no such limit');
    if (!(timeout > 0 && timeout <= 86_400)) throw new RangeError('no such time');
    if (!['local', 'cloud'].includes(values.recogniser)) throw new RangeError('no such recogniser');
    return { host: values.host, port, max, timeout, recogniserName: values.recogniser };
  } catch {
    console.error(
      'usage: server [--host HOST] [--port PORT] [--max BYTES] [--timeout SECONDS] [--recogniser local|cloud]',
    );
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
