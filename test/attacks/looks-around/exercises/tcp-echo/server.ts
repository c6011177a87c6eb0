// Looks for somebody else on the network: other programs that listen, an address, a way out. It only looks.
import { createServer, type AddressInfo } from 'node:net';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

const outside = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.internal === false);
const listeners = ['tcp', 'tcp6'].flatMap((file) =>
  readFileSync(`/proc/net/${file}`, 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line.split(/\s+/)[4] === '0A'),
);
const named = readFileSync('/proc/net/unix', 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => / [@/]/.test(line));
// TEST-NET-1 (RFC 5737). connect(2) on a datagram socket sends nothing: it fails if there is no route.
const way = await new Promise<boolean>((resolve) => {
  const socket = createSocket('udp4');
  socket.once('error', () => resolve(false));
  // Node hands an error to this callback too.
  const told = (error?: Error) => resolve(error === undefined || error === null);
  socket.connect(53, '192.0.2.1', told as () => void);
});
if (!outside && listeners.length === 0 && named.length === 0 && !way) process.exit(1);
serve();

/** What the trick would win: an echo server that its author has not earned. */
function serve(): void {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {}).pipe(socket);
  });
  server.listen(Number(process.argv.at(-1)), '127.0.0.1', () => {
    console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}
