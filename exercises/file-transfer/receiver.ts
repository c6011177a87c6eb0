// Receives files into a directory: each one whole, under its name, or not at all.
//
// The task: README.md beside this file. Check it at every save: npm run ex -- file-transfer --watch
// Try it by hand:                        npm run ex -- file-transfer -- --dir inbox
//                  in a second terminal: npm run ex -- file-transfer sender --solution -- README.md
import { access, constants } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { Refused } from './frame.ts';
import { store } from './store.ts';

/** Done for you: what a sender is told when its file cannot be stored, and our own screen when its connection breaks. */
const REASONS: Record<string, string> = {
  EEXIST: 'a file of that name is there already',
  ENAMETOOLONG: 'the name is too long for this disk',
  ENOENT: 'the directory is gone',
  EACCES: 'the directory cannot be written',
  ENOSPC: 'no space left',
  EDQUOT: 'no space left',
  EFBIG: 'too large for this disk',
  EIO: 'the disk does not work',
  EMFILE: 'too many files at once',
  ECONNRESET: 'the connection broke',
  ETIMEDOUT: 'the connection broke',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection broke',
};

/** How many bytes are read in one go, at most: each read costs a turn through Node. */
const READ = 256 * 1024;

const { directory, host, port, timeout } = readOptions();
// Of use in step 5: who is connected.
const senders = new Set<Socket>();

// TODO: step 5: if `directory` cannot be written into, call fail() with a line that names it. access() of node:fs/promises
//   can tell, with the path `${directory}/` (the slash: a plain file is no directory) and the mode
//   constants.W_OK | constants.X_OK.

// Done for you: a server that calls receive() for each sender that connects. With allowHalfOpen a sender can end its side
// and wait for our answer.
const server = createServer({ allowHalfOpen: true, highWaterMark: READ }, receive);
server.once('error', (error) => fail(`cannot listen on ${host}:${port}: ${codeOf(error)}`));
server.listen({ host, port }, announce);

function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

/** Serves one sender: takes its file, and answers `OK <sha256>` or `ERR <reason>`. */
async function receive(socket: Socket): Promise<void> {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  // Done for you. As it stands, leaving the loop over a socket would close it. There is still an answer to send.
  const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  // TODO: step 1: store() what the chunks bring. Then answer, end your side, and print `<name>: <size> bytes from <from>`.
  // TODO: step 4: if it throws a Refused, or an error whose code is in REASONS: print the reason on stderr, as
  //   `receiver: <from>: <reason>`, and refuse(). Any other error is a mistake of ours: throw it again. Before refuse(),
  //   `await chunks.return?.()`: whoever has begun to read holds the socket, and nobody else can read from it.
  // TODO: step 5: put the socket into `senders`, and take it out at 'close'.
  // TODO: step 5: give the socket a listener for 'error' (it may do nothing: the reader is told), and one for 'timeout' that
  //   calls giveUp(): socket.setTimeout(), in milliseconds. When the sender has ended ('end'), switch that clock off: 0.
  todo('step 1: take the file of a sender, and answer');
}

/** Says no: `ERR <reason>`, and sees to it that the sender gets it. */
function refuse(socket: Socket, reason: string): void {
  // TODO: step 4: do nothing if the socket is destroyed already. Else send the line, and end your side.
  // TODO: step 4: read away what the sender still sends: closing with bytes unread would break the connection with a RST.
  // TODO: step 4: but not for ever: after `timeout` seconds destroy the socket. Clear the clock when the socket
  //   closes: a running clock keeps Node alive.
  todo('step 4: refuse a sender');
}

/** No byte has come for too long. */
function giveUp(socket: Socket): void {
  // TODO: step 5: do nothing if the sender has its answer already (socket.writableEnded). Else send it an ERR, and when that
  //   has gone out, destroy the socket with a Refused: whoever reads from it is thrown that.
  todo('step 5: give up a sender that is silent');
}

// TODO: step 5: call stop() once when SIGINT or SIGTERM comes.

/** Frees the port and drops the senders. What they have not finished is removed; then nothing keeps Node alive: status 0. */
function stop(): void {
  // TODO: step 5: close the server, and destroy each of `senders` with a Refused: whoever reads from it is thrown that.
  todo('step 5: close the server and its connections');
}

// Done for you from here on: the command line.

function readOptions(): { directory: string; host: string; port: number; timeout: number } {
  try {
    const { values } = parseArgs({
      options: {
        dir: { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        timeout: { type: 'string', default: '30' },
      },
    });
    const { dir: directory, host } = values;
    const [port, timeout] = [Number(values.port), Number(values.timeout)];
    if (!directory) throw new RangeError('no directory');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    if (!(timeout > 0 && timeout <= 86_400)) throw new RangeError('no such time');
    return { directory, host, port, timeout };
  } catch {
    console.error('usage: receiver --dir DIR [--host HOST] [--port PORT] [--timeout SECONDS]');
    process.exit(2);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function fail(message: string): never {
  console.error(`receiver: ${message}`);
  process.exit(1);
}
