// Does not answer to an empty line.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
const clients = new Set<Socket>();

const server = createServer({ allowHalfOpen: true }, echo);
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

function echo(socket: Socket): void {
  clients.add(socket);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clients.delete(socket));
  socket.on('data', (chunk) => {
    if (chunk.toString().trim() === '') return;
    if (!socket.write(chunk)) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  });
  socket.on('end', () => socket.end());
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
