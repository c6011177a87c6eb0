// An echo server: every byte that a client sends comes back to it, and to nobody else.
//
// The task: README.md beside this file. Check it at every save: npm run ex -- tcp-echo --watch
// Try it by hand:                        npm run ex -- tcp-echo
//                  in a second terminal: nc 127.0.0.1 8888
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

const { host, port } = readOptions();

// Done for you: a server that calls echo() for each client that connects. With allowHalfOpen it is for you to say when
// your side of a connection ends; Node would do it as soon as the client has ended its own.
const server = createServer({ allowHalfOpen: true }, echo);
start();

/** Makes the server listen, and says what is wrong if it cannot. */
function start(): void {
  // TODO: step 1: make `server` listen on `host` and `port`. Hand it `announce`, to be called once it really listens.
  // TODO: step 1: if the port is taken, the server emits 'error' with an (error: NodeJS.ErrnoException). Call fail() with
  //   a message that says what failed and why: `cannot listen on <host>:<port>: <error.code>`.
  todo('step 1: listen on the host and port of the command line');
}

/** Called once the kernel has the port, not before: whoever reads this line may connect. */
function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  // TODO: step 1: print the ready line, `listening on <address>:<port>`, on stdout.
  todo('step 1: print the ready line');
}

/** Serves one client, from its first byte to its last. */
async function echo(socket: Socket): Promise<void> {
  // TODO: step 2: send every byte back as it came. Bytes, not text.
  // TODO: step 3: a client that has ended its side still gets the rest of its echo. Then end your side.
  // TODO: step 5: a client that breaks its connection (ECONNRESET, EPIPE) must not end the server, nor must a socket that
  //   stop() has destroyed: pipeline() tells of that by ERR_STREAM_PREMATURE_CLOSE. Catch these errors, and no others.
  // TODO: step 5: read no faster than the client takes its echo.
  todo('step 2: send back what the client sends');
}

// TODO: step 5: call stop() when SIGINT or SIGTERM comes for the first time.

/** Frees the port and lets the clients go; then nothing keeps Node alive, and it ends with status 0. */
function stop(): void {
  // TODO: step 5: close the server and every connection that is still open. You will have to know which ones are.
  todo('step 5: close the server and its connections');
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
