// An echo server on a socket file (AF_UNIX): its address is a path, and only programs of this machine can reach it.
//
// The task: steps 1 and 2 of README.md beside this file. Check it at every save: npm run ex -- event-loop --watch
// Try it by hand:                        npm run ex -- event-loop local -- /tmp/回声.sock
//                  in a second terminal: nc -U /tmp/回声.sock
import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { todo } from '#todo';

/** The kernel has room for a path of 107 bytes and a zero: unix(7). Node 20 cuts off what is longer, and says nothing. */
const LONGEST_PATH = 107;

const path = readPath();
const clients = new Set<Socket>();
const server = createServer({ allowHalfOpen: true }, echo);
try {
  await open();
} catch (error) {
  fail(`cannot listen on ${path}: ${(error as Error).message}`);
}
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
console.log(`listening on ${path}`);

/** Listens, also where a server that is gone has left its file. Throws if the path is somebody else's. */
async function open(): Promise<void> {
  // TODO: step 2: throw an Error with a few words if `path` has more than LONGEST_PATH bytes. 老 has three of them.
  try {
    await listen();
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    // Done for you: something has this name already. Two that start at the same moment could both come here, and the second
    // remove the file of the first. A lock would settle it, see flock(2).
    await removeStale();
    await listen();
  }
}

/** Returns once the kernel has bound `server` to `path`. Throws an error with a code if it cannot. */
async function listen(): Promise<void> {
  // TODO: step 1: have `server` listen on `path`, and wait until it does. once() of node:events throws what 'error' brings.
  todo('step 1: listen on the path');
}

/** Removes the file that a server has left behind which did not end well. Throws unless it is one. */
async function removeStale(): Promise<void> {
  // TODO: step 2: throw an Error with a few words if the file is no socket: lstat() of node:fs/promises tells.
  // TODO: step 2: throw one if isServed() says that another server listens there.
  // TODO: step 2: otherwise remove the file: unlink().
  todo('step 2: find out what is in the way, and remove it if it is a stale socket');
}

/** True unless the kernel says that no process listens: ECONNREFUSED. Any other error is no leave to remove the file. */
async function isServed(): Promise<boolean> {
  // TODO: step 2: connect to `path`. If that succeeds somebody listens; if it throws, codeOf(error) tells. Destroy the
  //   socket in any case: it was only a question.
  return todo('step 2: ask whether somebody listens on the path');
}

/** Done for you: the same as over TCP. See tcp-echo. */
async function echo(socket: Socket): Promise<void> {
  clients.add(socket);
  try {
    await pipeline(socket, socket);
  } catch (error) {
    if (!['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(codeOf(error))) throw error;
  } finally {
    clients.delete(socket);
  }
}

/** Lets everybody go; then nothing keeps Node alive, and it ends with status 0. */
function stop(): void {
  // TODO: step 1: close the server; that removes the file, too. It would wait for its `clients`: destroy() each of them.
  todo('step 1: close the server, and let its clients go');
}

// Done for you from here on.

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function readPath(): string {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [path = '', ...rest] = positionals;
    if (path === '' || rest.length > 0) throw new RangeError('one path');
    return path;
  } catch {
    console.error('usage: local PATH');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`local: ${message}`);
  process.exit(1);
}
