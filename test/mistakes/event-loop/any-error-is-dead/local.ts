// An echo server on a socket file (AF_UNIX): its address is a path, and only programs of this machine can reach it.
//
// Try it in two terminals:
//   npm run ex -- event-loop local --solution -- /tmp/回声.sock
//   nc -U /tmp/回声.sock
import { once } from 'node:events';
import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

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
  // Bytes, not characters: 老 has three.
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new Error(`longer than ${LONGEST_PATH} bytes`);
  try {
    await listen();
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    // Two that start at the same moment could both come here, and the second remove the file of the first. A lock would
    // settle it, see flock(2).
    await removeStale();
    await listen();
  }
}

async function listen(): Promise<void> {
  server.listen(path);
  await once(server, 'listening'); // throws what 'error' brings
}

/** Removes the file that a server has left behind which did not end well. Throws unless it is one. */
async function removeStale(): Promise<void> {
  // To connect to a file of another kind is refused, too: without this, a letter would be taken for a stale socket.
  if (!(await lstat(path)).isSocket()) throw new Error('there is a file that is no socket');
  if (await isServed()) throw new Error('another server listens there (EADDRINUSE)');
  await unlink(path);
}

/** True unless the kernel says that no process listens: ECONNREFUSED. Any other error is no leave to remove the file. */
async function isServed(): Promise<boolean> {
  const probe = connect({ path });
  try {
    await once(probe, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    probe.destroy();
  }
}

/** The same as over TCP: see tcp-echo. */
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

/** Lets everybody go; then Node ends. close() also removes the file: process.exit() alone would leave it behind. */
function stop(): void {
  server.close();
  for (const client of clients) client.destroy();
}

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
