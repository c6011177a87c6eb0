// Receives files into a directory: each one whole, under its name, or not at all.
//
// Try it in two terminals:
//   npm run ex -- file-transfer --solution -- --dir inbox
//   npm run ex -- file-transfer sender --solution -- README.md
import { access, constants } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Refused } from './frame.ts';
import { store } from './store.ts';

/** What a sender is told when its file cannot be stored, and our own screen when its connection breaks. */
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
const senders = new Set<Socket>();

// The slash asks for a directory: behind the name of a file there is no such place (ENOTDIR).
await access(`${directory}/`, constants.W_OK | constants.X_OK).catch((error: unknown) =>
  fail(`cannot write into ${directory}: ${codeOf(error)}`),
);
// allowHalfOpen: a sender ends its side, and then waits for our answer.
const server = createServer({ allowHalfOpen: true, highWaterMark: READ }, receive);
server.once('error', (error) => fail(`cannot listen on ${host}:${port}: ${codeOf(error)}`));
server.listen({ host, port }, announce);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);

function announce(): void {
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on ${address}:${port}`);
}

/** Serves one sender: takes its file, and answers `OK <sha256>` or `ERR <reason>`. */
async function receive(socket: Socket): Promise<void> {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  senders.add(socket);
  socket.on('close', () => senders.delete(socket));
  socket.on('error', () => {}); // whoever reads is thrown the same; when nobody reads any more, it does not matter
  socket.setTimeout(timeout * 1000, () => giveUp(socket));
  socket.on('end', () => socket.setTimeout(0)); // the sender has done its part: now only the disk may be slow
  // As it stands, leaving the loop over a socket would close it. There is still an answer to send.
  const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  try {
    const { sha256 } = await store(directory, chunks);
    socket.end(`OK ${sha256}\n`);
  } catch (error) {
    const reason = error instanceof Refused ? error.message : REASONS[codeOf(error)];
    if (reason === undefined) throw error;
    console.error(`receiver: ${from}: ${reason}`);
    await chunks.return?.(); // whoever has begun to read holds the socket: resume() would do nothing
    refuse(socket, reason);
  }
}

/**
 * Says no, and reads away what the sender still sends, until it ends or its time is up. If we closed with bytes unread, the
 * kernel would send a RST, and that throws away what the sender has not read yet: our answer.
 */
function refuse(socket: Socket, reason: string): void {
  if (socket.destroyed) return; // nobody is there, or giveUp() has told them
  socket.end(`ERR ${reason}\n`);
  socket.resume();
  const limit = setTimeout(() => socket.destroy(), timeout * 1000);
  socket.once('close', () => clearTimeout(limit));
}

/** No byte has come for too long. The answer goes first: a destroyed socket sends nothing any more. */
function giveUp(socket: Socket): void {
  if (socket.writableEnded) return; // it has its answer already
  const late = new Refused(`no byte for ${timeout} s`);
  socket.end(`ERR ${late.message}\n`, () => socket.destroy(late)); // whoever reads is thrown `late`
}

/** Frees the port and drops the senders. What they have not finished is removed; then nothing keeps Node alive: status 0. */
function stop(): void {
  server.close();
  for (const sender of senders) sender.destroy(new Refused('the receiver was stopped'));
}

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
