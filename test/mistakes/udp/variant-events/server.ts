// The server by events, with an array of parts to send and its exit by hand.
import dgram from 'node:dgram';
import { parseArgs } from 'node:util';

const { values } = options();
const counts = { received: 0 };
const server = dgram.createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });

server.on('message', (bytes, rinfo) => {
  counts.received++;
  process.stdout.write(`${rinfo.address}:${rinfo.port} ${rinfo.size} bytes\n`);
  server.send([bytes], rinfo.port, rinfo.address, () => {});
});
server.on('listening', () => {
  const { address, port } = server.address();
  process.stdout.write(`listening on ${address}:${port}\n`);
});
server.on('error', (error) => {
  process.stderr.write(`server: ${error.message}\n`);
  process.exit(1);
});
server.bind({ port: Number(values.port), address: values.host });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.stdout.write(`received ${counts.received} datagrams\n`, () => process.exit(0));
  });
}

function options() {
  return parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8888' },
    },
  });
}
