// Only a refusal holds words.
//
// Try it in two terminals:
//   npm run ex -- file-transfer --solution -- --dir inbox
//   npm run ex -- file-transfer sender --solution -- README.md
import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { encodeHeader } from './frame.ts';

const MIB = 1024 * 1024;
/** No answer is longer, in characters. */
const LONGEST_ANSWER = 1_000;

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

try {
  // At the same time: the answer may be a no, and come while most of the file is still to be sent.
  const [answer] = await Promise.all([readAnswer(), pipeline(frame(), socket)]);
  const sha256 = hash.digest('hex');
  if (answer !== `OK ${sha256}`)
    fail(`${receiver}: has something else than ${sha256}, it says: ${answer}`);
  console.log(`sent ${basename(path)}: ${size} bytes, sha256 ${sha256}`);
} catch (error) {
  const { code = '' } = error as NodeJS.ErrnoException;
  const reason = BROKEN[code];
  if (!reason) throw error;
  fail(`${receiver}: ${reason} (${code})`);
}

/** The header, and exactly as many bytes as it promises, also if the file has grown since. */
async function* frame(): AsyncGenerator<Buffer> {
  yield encodeHeader(basename(path), size);
  if (size === 0) return;
  let sent = 0;
  // Large chunks: each costs a turn through Node. `end` is the offset of the last byte, not the one behind it.
  for await (const chunk of file.createReadStream({ end: size - 1, highWaterMark: MIB })) {
    hash.update(chunk);
    sent += chunk.length;
    yield chunk;
  }
  if (sent < size) fail(`${path}: only ${sent} of ${size} bytes are left of it`);
}

/** Waits for the one line of the receiver. A refusal, or no whole line, ends the program: then nothing more is sent. */
async function readAnswer(): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.includes('\n') || text.length > LONGEST_ANSWER) break;
  }
  const end = text.indexOf('\n');
  if (end === -1) fail(`${receiver}: ended without an answer`);
  // A stranger's words may hold what a terminal would obey: colours, a moved cursor, text that runs backwards.
  const answer = text.slice(0, end);
  const reason = answer.slice('ERR '.length).replace(/[\p{Cc}\p{Cf}]/gu, '');
  if (answer.startsWith('ERR ')) fail(`${receiver}: refused: ${reason}`);
  return answer;
}

async function openFile(): Promise<FileHandle> {
  try {
    // Asked first: to open a named pipe waits until somebody writes into it.
    if (!(await stat(path)).isFile()) fail(`${path}: not a file`);
    return await open(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = UNREADABLE[code];
    if (!reason) throw error;
    return fail(`${path}: ${reason} (${code})`);
  }
}

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
