// The same server by node:net: libuv has the loop.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8888' },
    delay: { type: 'string', default: '0' },
    block: { type: 'boolean', default: false },
  },
});
const delay = Number(values.delay);
const sockets = new Set<Socket>();
const server = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.add(socket);
  let ended = false;
  const answer = (bytes: Buffer) => {
    if (socket.destroyed) return;
    const room = socket.write(bytes);
    if (ended) socket.end();
    else if (room) socket.resume();
    else socket.once('drain', () => socket.resume());
  };
  socket.on('data', (bytes) => {
    socket.pause();
    if (values.block) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delay);
      answer(bytes);
    } else if (delay > 0) setTimeout(answer, delay, bytes);
    else answer(bytes);
  });
  socket.on('end', () => {
    ended = true;
    socket.end();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sockets.delete(socket));
});
server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(`server: cannot listen: ${error.code}`);
  process.exit(1);
});
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
