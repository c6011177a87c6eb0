// Sends pictures of one category to a server, and prints what it has recognised.
//
// Try it in two terminals:
//   npm run ex -- image-client server --solution
//   npm run ex -- image-client client --solution -- 格式 /tmp/图/二维码.png
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { ByteReader } from './byte-reader.ts';
import { TimedOut, within } from './deadline.ts';
import { BrokenFrame, encodeRequest, readReply } from './frame.ts';

const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  ECONNRESET: 'the server broke the connection',
  EPIPE: 'the server broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the server ended the connection before all was sent',
};

const UNREADABLE: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'not a file',
  EACCES: 'not allowed to read it',
};

const { category, paths, host, port, timeout } = readArguments();
// All of them, before anything is sent: a name that is mistyped shall not be found out behind half of the pictures.
const pictures = await Promise.all(paths.map(readPicture));
// allowHalfOpen: a server that ends its side early may have sent replies that we have not read yet.
const socket = connect({ host, port, allowHalfOpen: true });

try {
  // Both directions at once: the replies come while we still send.
  await Promise.all([pipeline(requests(), socket), printReplies()]);
  socket.destroy(); // all that we wait for is here: the server may take its time with its FIN
} catch (error) {
  if (error instanceof BrokenFrame || error instanceof TimedOut) fail(error.message);
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = BROKEN[code];
  if (!reason) throw error;
  fail(`${reason} (${code})`);
}

/** One request for each picture, without waiting for a reply. */
function* requests(): Generator<Buffer> {
  const [first = Buffer.alloc(0), ...others] = pictures;
  yield encodeRequest({ category, picture: first });
  for (const picture of others) {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(picture.length);
    yield Buffer.concat([size, picture]);
  }
}

/** Prints the reply to each picture as it comes. Throws {@link BrokenFrame} or {@link TimedOut} if one is missing. */
async function printReplies(): Promise<void> {
  const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const bytes = new ByteReader(() => chunks.next());
  for (const path of paths) {
    // The whole reply has this time: else a byte now and then would hold us for ever.
    const reply = await within(timeout, 'reply', () => readReply(bytes));
    if ('error' in reply) {
      console.error(`client: ${path}: ${plain(reply.error)}`);
      process.exitCode = 1;
    } else {
      console.log(`${path}: ${plain(reply.labels.join(', '))}`);
    }
  }
}

/** A stranger's words, or a code in a picture, may hold what a terminal would obey: colours, a moved cursor. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '');
}

/** In memory as a whole: pictures are small. A client for films would send a stream. */
async function readPicture(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = UNREADABLE[code];
    if (!reason) throw error;
    console.error(`client: ${path}: ${reason} (${code})`);
    process.exit(1);
  }
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        timeout: { type: 'string', default: '30' },
      },
    });
    const [category, ...paths] = positionals;
    const [port, timeout] = [Number(values.port), Number(values.timeout)];
    if (category === undefined || paths.length === 0) throw new RangeError('a picture');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    if (!(timeout > 0 && timeout <= 86_400)) throw new RangeError('no such time');
    return { category, paths, host: values.host, port, timeout };
  } catch {
    console.error(
      'usage: client CATEGORY PICTURE [PICTURE ...] [--host HOST] [--port PORT] [--timeout SECONDS]',
    );
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`client: ${host}:${port}: ${message}`);
  process.exit(1);
}
