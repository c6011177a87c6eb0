// A server of TCP.
import { createServer, type AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.pipe(socket);
});
server.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot bind ${host}:${port}: ${error.code}`),
);
server.listen(port, host, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
process.once('SIGINT', () => server.close());
process.once('SIGTERM', () => server.close());

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
