// Is only ever on 127.0.0.1.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
let received = 0;

const socket = createSocket('udp4');
socket.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot bind ${host}:${port}: ${error.code}`),
);
socket.on('message', echo);
socket.bind(port, '127.0.0.1', announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

function announce(): void {
  const { address, port } = socket.address();
  console.log(`listening on ${address}:${port}`);
}

function echo(datagram: Buffer, { address, port }: RemoteInfo): void {
  received += 1;
  console.log(`${address}:${port} ${datagram.length} bytes`);
  socket.send(datagram, port, address);
}

function stop(): void {
  console.log(`received ${received} datagrams`);
  socket.close();
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
