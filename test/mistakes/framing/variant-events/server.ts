// Takes messages in frames, prints each one, and answers it with a receipt: which message it was, and how long.
//
// Try it in two terminals:
//   npm run ex -- framing server --solution
//   npm run ex -- framing client --solution        (type something; Ctrl+D ends it)
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { createDecoder, encode } from './frame.ts';

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

function serve(socket: Socket): void {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  let number = 0;
  const decoder = createDecoder(max, (message) => {
    number += 1;
    console.log(`${from} ${JSON.stringify(message.toString())}`);
    const body = Buffer.alloc(8);
    body.writeUInt32BE(number, 0);
    body.writeUInt32BE(message.length, 4);
    if (!socket.write(encode(body))) socket.pause();
  });
  clients.add(socket);
  socket.on('data', (chunk: Buffer) => {
    const wrong = decoder.take(chunk);
    if (wrong === undefined) return;
    console.error(`server: ${from}: ${wrong}`);
    socket.destroy();
  });
  socket.on('drain', () => socket.resume());
  socket.on('end', () => {
    if (decoder.inside()) console.error(`server: ${from}: the last frame is not whole`);
    socket.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => clients.delete(socket));
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
