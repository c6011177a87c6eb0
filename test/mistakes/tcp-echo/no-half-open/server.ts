// Leaves the end of a connection to Node.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
const clients = new Set<Socket>();

const server = createServer({}, echo);
server.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot listen on ${host}:${port}: ${error.code}`),
);
server.listen({ host, port }, announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

function stop(): void {
  server.close();
  for (const client of clients) client.destroy();
}

function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

async function echo(socket: Socket): Promise<void> {
  clients.add(socket);
  socket.on('error', () => {}); // the loop rejects with it
  try {
    for await (const chunk of socket) {
      await look(chunk as Buffer);
      if (!socket.write(chunk)) await once(socket, 'drain');
    }
  } catch (error) {
    if (!isBrokenConnection(error)) throw error;
  } finally {
    clients.delete(socket);
  }
}

function isBrokenConnection(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return [
    'ECONNRESET',
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_STREAM_WRITE_AFTER_END',
  ].includes(code);
}

/** Takes its time, as a database or another server would. */
async function look(chunk: Buffer): Promise<void> {
  if (chunk.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
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
