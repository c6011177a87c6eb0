// An echo server over UDP: every datagram goes back as it came, to the address that it came from, and to nobody else.
//
// The task: README.md beside this file. Check it at every save: npm run ex -- udp --watch
// Try it by hand:                        npm run ex -- udp
//                  in a second terminal: nc -u 127.0.0.1 8888
import { createSocket, type RemoteInfo } from 'node:dgram';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

const { host, port } = readOptions();

// Done for you: one socket for everybody. There are no connections, so there is nothing to listen for and nobody to accept.
const socket = createSocket('udp4');
process.stdout.on('error', () => {}); // whoever read what is printed has gone; the clients have not
start();

/** Binds the socket, and says what is wrong if it cannot. */
function start(): void {
  // TODO: step 1: bind `socket` to `port` and `host`. Hand it `announce`, to be called once the kernel has the port.
  // TODO: step 1: if the port is taken, the socket emits 'error' with an (error: NodeJS.ErrnoException). Call fail() with
  //   a message that names host, port and error.code.
  // TODO: step 1: have echo() called for each 'message'.
  todo('step 1: bind the socket to the host and port of the command line');
}

/** Called once the kernel has the port, not before: whoever reads this line may send. */
function announce(): void {
  const { address, port } = socket.address();
  // TODO: step 1: print the ready line, `listening on <address>:<port>`, on stdout.
  todo('step 1: print the ready line');
}

/** Called for each datagram, with the address that it came from. */
function echo(datagram: Buffer, { address, port }: RemoteInfo): void {
  // TODO: step 1: print one line, `<address>:<port> <number of bytes> bytes`.
  // TODO: step 1: send the datagram back to where it came from.
  // TODO: step 2: each datagram is one message, also the empty one. If step 1 is right, there may be nothing to add.
  // TODO: step 3: an answer that cannot be sent (send() tells its callback) is one line on stderr, and not the end.
  // TODO: step 3: a sender may have port 0, which nobody can answer, and send() would throw: print its line, and no more.
  todo('step 1: send the datagram back to where it came from');
}

// TODO: step 3: call stop() once when SIGINT or SIGTERM comes.

/** Closes the socket; then nothing keeps Node alive, and it ends with status 0. */
function stop(): void {
  // TODO: step 3: print `received <number> datagrams`. You will have to count them.
  // TODO: step 3: close the socket.
  todo('step 3: say how many datagrams came, and close the socket');
}

// Done for you from here on: the command line.

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
