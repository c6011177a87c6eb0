// An echo server: every byte that a client sends comes back to it, and to nobody else.
//
// Try it in two terminals:
//   npm run ex -- tcp-echo --solution
//   npm run ex -- tcp-echo client --solution        (or: nc 127.0.0.1 8888)
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
const clients = new Set<Socket>();

// allowHalfOpen: a client may end its side and still wait for its echo, so it is for us to say when our side ends.
// Otherwise Node ends it as soon as the client's FIN is read, and whatever is written after that is lost.
const server = createServer({ allowHalfOpen: true }, echo);
server.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot listen on ${host}:${port}: ${error.code}`),
);
server.listen({ host, port }, announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

/** Called once the kernel has the port, not before: whoever reads this line may connect. */
function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

/** Serves one client until it has ended its side and has everything back. */
async function echo(socket: Socket): Promise<void> {
  clients.add(socket);
  try {
    // The chunks stay bytes: no setEncoding, no string. And pipeline reads no faster than it can write, so a client
    // that does not read its echo is not read from either, and memory stays small.
    await pipeline(socket, socket);
  } catch (error) {
    // One client that breaks its connection must not end the server for the others.
    if (!isBrokenConnection(error)) throw error;
  } finally {
    clients.delete(socket);
  }
}

function isBrokenConnection(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code);
}

/** Frees the port and lets the clients go; then nothing keeps Node alive, and it ends with status 0. */
function stop(): void {
  server.close(); // takes no new clients, but would wait for those it has
  for (const client of clients) client.destroy();
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
    console.error('usage: server [--host HOST] [--port PORT]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
