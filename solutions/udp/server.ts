// An echo server over UDP: every datagram goes back as it came, to the address that it came from, and to nobody else.
//
// Try it in two terminals:
//   npm run ex -- udp --solution
//   npm run ex -- udp client --solution        (or: nc -u 127.0.0.1 8888)
import { createSocket, type RemoteInfo } from 'node:dgram';
import { parseArgs } from 'node:util';

const { host, port } = readOptions();
let received = 0;

// One socket for everybody: there are no connections, so there is nothing to listen for and nobody to accept.
const socket = createSocket('udp4');
socket.once('error', (error: NodeJS.ErrnoException) =>
  fail(`cannot bind ${host}:${port}: ${error.code}`),
);
socket.on('message', echo);
socket.bind(port, host, announce);
process.stdout.on('error', () => {}); // whoever read what is printed has gone; the clients have not
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

/** Called once the kernel has the port, not before: whoever reads this line may send. */
function announce(): void {
  const { address, port } = socket.address();
  console.log(`listening on ${address}:${port}`);
}

/** Sends one datagram back. It is whole, and it may be empty: the kernel keeps the borders (RFC 768). */
function echo(datagram: Buffer, { address, port }: RemoteInfo): void {
  received += 1;
  console.log(`${address}:${port} ${datagram.length} bytes`);
  if (port === 0) return; // RFC 768 allows it: nobody waits for an answer there
  socket.send(datagram, port, address, (error) => {
    // Whether an answer arrives, nobody tells. This is about those that could not even leave, and ends nobody else's talk.
    if (error) console.error(`server: cannot answer ${address}:${port}: ${error.message}`);
  });
}

/** Closes the socket; then nothing keeps Node alive, and it ends with status 0. */
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
