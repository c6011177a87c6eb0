// Sends one file to a receiver, and believes only what the receiver can prove to have.
//
// The task: README.md beside this file. It begins with frame(); the rest is for steps 3 and 6.
// Try it by hand:                        npm run ex -- file-transfer --solution -- --dir inbox
//                  in a second terminal: npm run ex -- file-transfer sender -- README.md
import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { encodeHeader } from './frame.ts';

const MIB = 1024 * 1024;
/** No answer is longer, in characters. */
const LONGEST_ANSWER = 1_000;

// Done for you: what the codes of a failed connection, and of a file that cannot be opened, mean to a user.
const BROKEN: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that host',
  ETIMEDOUT: 'no answer from that host',
  ECONNRESET: 'the receiver broke the connection',
  EPIPE: 'the receiver broke the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'the receiver broke the connection',
};

const UNREADABLE: Record<string, string> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'not allowed to read it',
};

const { path, host, port } = readArguments();
const receiver = `${host}:${port}`;
const file = await openFile();
const { size } = await file.stat();
const hash = createHash('sha256');
// allowHalfOpen: a receiver that says no ends its side while we may still be writing, and Node would end ours at once.
const socket = connect({ host, port, allowHalfOpen: true });

// TODO: step 1: send frame() through the socket; pipeline() ends your side behind it. Then wait for readAnswer().
// TODO: step 6: do both at the same time: the answer may be a no, and come while most of the file is still to be sent.
// TODO: step 1: if the answer is `OK ` and the sha256 of what you have sent, print `sent <name>: <size> bytes, sha256 <sha256>`.
//   Ask hash.digest('hex') once, and keep it.
// TODO: step 6: if it is anything else, call fail() with a line that says so.
// TODO: step 6: if an error comes that has one of the codes in BROKEN, call fail() with `<receiver>: <its meaning> (<code>)`.
todo('step 1: send the file, and wait for the answer');

/** The header, and exactly as many bytes as it promises, also if the file has grown since. */
async function* frame(): AsyncGenerator<Buffer> {
  // TODO: step 1: yield the header. The name in it is that of the file, without its directories: basename() knows.
  // TODO: step 1: yield the bytes of the file, chunk by chunk, from `file.createReadStream({ highWaterMark: MIB })`. Show
  //   each chunk to hash.update(), too.
  // TODO: step 6: send no more than `size` bytes: createReadStream has an option `end`, the offset of the last byte that
  //   it reads. In an empty file there is no last byte.
  // TODO: step 6: if the file has become shorter, call fail() with a line that says so.
  yield todo('step 1: hand out the header and the bytes of the file');
}

/** Waits for the one line of the receiver. A refusal, or no whole line, ends the program: then nothing more is sent. */
async function readAnswer(): Promise<string> {
  let text = '';
  // Done for you: a socket that decodes what comes, and keeps a character that was cut until the rest of it is there.
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    // TODO: step 3: the answer may come in pieces: collect them in `text` until there is a line end in it.
    // TODO: step 6: a line that is longer than LONGEST_ANSWER is no answer.
    text = chunk;
    break;
  }
  // TODO: step 6: no line end in it (indexOf() says -1, and slice() would cut off the last character): call fail() with a
  //   line that says so.
  // TODO: step 6: `ERR <reason>`: call fail() with `<receiver>: refused: <reason>`. A stranger's words may hold signs that a
  //   terminal obeys: take all of \p{Cc} and \p{Cf} out of the line (a regular expression with the flags g and u; Cf:
  //   invisible signs, such as those that turn the direction of writing).
  return text.slice(0, text.indexOf('\n'));
}

async function openFile(): Promise<FileHandle> {
  // TODO: step 6: if it is not a file, call fail(): stat() can tell. Ask before you open it: to open a named pipe waits until
  //   somebody writes into it.
  // TODO: step 6: if an error comes that has one of the codes in UNREADABLE, call fail() with `<path>: <its meaning> (<code>)`.
  return await open(path);
}

// Done for you from here on: the command line.

function readArguments(): { path: string; host: string; port: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
      },
    });
    const [path, ...others] = positionals;
    const port = Number(values.port);
    if (path === undefined || others.length > 0) throw new RangeError('one file');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('no such port');
    return { path, host: values.host, port };
  } catch {
    console.error('usage: sender <file> [--host HOST] [--port PORT]');
    process.exit(2);
  }
}

function fail(message: string): never {
  console.error(`sender: ${message}`);
  process.exit(1);
}
