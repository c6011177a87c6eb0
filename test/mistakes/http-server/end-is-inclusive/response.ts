// Responses: the bytes of an answer, and the pages that say what is wrong.
import type { FileHandle } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  /** The value of Content-Type. */
  readonly type: string;
  /** Bytes, or a file that is too large to be kept in memory; whoever sends the answer closes it. */
  readonly body: Buffer | OpenFile;
}

export interface OpenFile {
  readonly handle: FileHandle;
  /** In bytes. */
  readonly length: number;
}

/** A request that cannot be granted: a status of RFC 9110, section 15, and the reason in a few words. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

const PHRASES: Record<number, readonly [english: string, chinese: string]> = {
  200: ['OK', '成功'],
  400: ['Bad Request', '请求有误'],
  403: ['Forbidden', '禁止访问'],
  404: ['Not Found', '没有这个页面'],
  405: ['Method Not Allowed', '不支持这种方法'],
  408: ['Request Timeout', '请求超时'],
  411: ['Length Required', '需要长度'],
  413: ['Content Too Large', '内容太大'],
  414: ['URI Too Long', '地址太长'],
  431: ['Request Header Fields Too Large', '请求头太大'],
  503: ['Service Unavailable', '暂时无法服务'],
  505: ['HTTP Version Not Supported', '不支持这个版本'],
};

/** The page that tells a client what is wrong. */
export function errorAnswer({ status, message }: HttpError): Answer {
  const [english, chinese] = PHRASES[status] ?? [];
  const page = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>${status} ${english}</title>
<h1>${status} ${chinese}</h1>
<p>${english}: ${escape(message)}</p>
</html>
`;
  return { status, type: 'text/html; charset=utf-8', body: Buffer.from(page) };
}

/**
 * Sends one answer. Resolves when the client has taken so much of it that the next one may follow: that is the
 * backpressure. Rejects if the connection breaks, or if a file turns out shorter than its length.
 */
export async function send(
  socket: Socket,
  { status, type, body }: Answer,
  { withBody, close }: { withBody: boolean; close: boolean },
): Promise<void> {
  // Always the length in bytes. A client counts them to find the end of this answer and the beginning of the next.
  const head =
    `HTTP/1.1 ${status} ${PHRASES[status]?.[0]}\r\nDate: ${now()}\r\n` +
    `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n` +
    (status === 405 ? 'Allow: GET, HEAD\r\n' : '') +
    (close ? 'Connection: close\r\n\r\n' : '\r\n');
  // Corked: head and body leave in one system call, and usually in one packet.
  socket.cork();
  socket.write(head, 'latin1');
  if (withBody && Buffer.isBuffer(body)) socket.write(body);
  socket.uncork();
  if (Buffer.isBuffer(body) && !socket.writableNeedDrain) return;
  socket.pause(); // as long as the client has not taken its answer, nothing more is read from it
  if (Buffer.isBuffer(body)) await drained(socket);
  else await sendFile(socket, body, withBody);
}

async function sendFile(socket: Socket, { handle, length }: OpenFile, withBody: boolean) {
  try {
    if (!withBody) return;
    // No more than was promised, also if the file grows meanwhile. pipeline reads no faster than the client takes it.
    const bytes = handle.createReadStream({ start: 0, end: length, autoClose: false });
    await pipeline(bytes, socket, { end: false });
    if (bytes.bytesRead < length) socket.destroy(); // the file has shrunk: this promise cannot be kept
  } finally {
    await handle.close();
  }
}

/** Resolves when the socket wants more, or never will. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

let date = { second: 0, text: '' };

/** The time as RFC 9110, section 5.6.7, wants it. Formatting it is dear, and it changes once a second. */
function now(): string {
  const second = Math.floor(Date.now() / 1000);
  if (date.second !== second) date = { second, text: new Date(second * 1000).toUTCString() };
  return date.text;
}

/** What a client has sent must not become part of a page: it could hold a script. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
