// Requests: from the bytes that a client sends to what it asks for (RFC 9112).
import type { Input } from './input.ts';
import { HttpError } from './response.ts';

export interface Request {
  readonly method: string;
  /** The path as it was sent: percent-encoded, without the query. */
  readonly path: string;
  /** How many bytes of content follow the head. */
  readonly bodyLength: number;
  /** False if the client wants the connection to end after the answer. */
  readonly keepAlive: boolean;
}

const MOST_LINE = 8_192;
const MOST_HEAD = 16_384;
const MOST_BODY = 1024 * 1024;

/**
 * Takes the next request out of `input`, together with its content, which nobody wants here. Undefined if the client leaves
 * before a whole one has come. Throws an HttpError for what is not a request, or has not come within `timeout` milliseconds
 * from its first byte: then nobody knows where the next one would begin.
 */
export async function readRequest(input: Input, timeout: number): Promise<Request | undefined> {
  while (!skipEmptyLines(input)) if (!(await input.more())) return undefined;
  // One deadline for the whole request: whoever sends a byte now and then must not get more time for each.
  let deadline: number | undefined;
  const more = () => input.more((deadline ??= performance.now() + timeout));
  let head = findHead(input.bytes);
  while (!head) {
    if (!(await more())) return undefined;
    head = findHead(input.bytes);
  }
  const request = parseHead(head.text);
  input.take(head.length);
  for (let left = request.bodyLength; left > 0;) {
    if (input.bytes.length === 0 && !(await more())) return undefined;
    const part = Math.min(left, input.bytes.length);
    input.take(part);
    left -= part;
  }
  return request;
}

/**
 * Some clients send a line end too many; RFC 9112, section 2.2, has it ignored. True once a request has begun: a CR by
 * itself may be half of a line end.
 */
function skipEmptyLines(input: Input): boolean {
  while (/^\r?\n/.test(input.bytes.toString('latin1', 0, 2)))
    input.take(input.bytes.indexOf('\n') + 1);
  return !/^\r?$/.test(input.bytes.toString('latin1', 0, 2));
}

/**
 * The head at the beginning of `bytes`, without the empty line that ends it, and how many bytes it has with it. Undefined
 * if it is not complete.
 */
function findHead(bytes: Buffer): { text: string; length: number } | undefined {
  // latin1 makes one character of each byte, whatever it is: places in the text are places in the bytes.
  const text = bytes.toString('latin1', 0, MOST_HEAD);
  const line = text.indexOf('\n');
  if ((line === -1 ? text.length : line) > MOST_LINE + 1)
    throw new HttpError(414, `the first line may have ${MOST_LINE} bytes`);
  // A client that ends its lines with LF alone is understood as well, as the RFC allows it.
  if (bytes.length > MOST_HEAD) throw new HttpError(431, `the head may have ${MOST_HEAD} bytes`);
  const end = /\r?\n\r?\n/.exec(text);
  if (end) return { text: text.slice(0, end.index), length: end.index + end[0].length };
  return undefined;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) ([!-~]+) HTTP\/(\d)\.(\d)$/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

function parseHead(text: string): Request {
  const [requestLine = '', ...lines] = text.split(/\r?\n/);
  const [, method, target, major, minor] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || target === undefined)
    throw new HttpError(400, 'the first line is not: method, target and HTTP/1.1');
  if (major !== '1') throw new HttpError(505, 'this server speaks HTTP/1.1');
  const headers = parseHeaders(lines);
  if (minor !== '0' || headers.has('host')) checkHost(headers.get('host'));
  return {
    method,
    path: pathOf(target),
    bodyLength: bodyLengthOf(headers),
    keepAlive: minor !== '0' && !/(^|,)\s*close\s*(,|$)/i.test(headers.get('connection') ?? ''),
  };
}

/** Names in lower case, because they may be written in any; the values of a name that comes twice are joined with `, `. */
function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!FIELD_NAME.test(name) || CONTROL.test(value))
      throw new HttpError(400, 'a line of the head is not: name, colon and value');
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** HTTP/1.1 wants exactly one (RFC 9112, section 3.2): one machine may be many hosts. Two are joined by a comma here. */
function checkHost(host: string | undefined): void {
  if (host === undefined || !/^[^\s,/?#@]*$/.test(host))
    throw new HttpError(400, 'HTTP/1.1 needs one Host line');
}

/** The length of the content decides where the next request begins: whoever guesses here can be tricked (smuggling). */
function bodyLengthOf(headers: ReadonlyMap<string, string>): number {
  const length = headers.get('content-length');
  if (headers.has('transfer-encoding')) {
    if (length !== undefined) throw new HttpError(400, 'two lengths that may contradict');
    throw new HttpError(411, 'this server wants a Content-Length');
  }
  if (length === undefined) return 0;
  if (!/^\d+$/.test(length)) throw new HttpError(400, 'Content-Length is not a number');
  if (Number(length) > MOST_BODY)
    throw new HttpError(413, `the content may have ${MOST_BODY} bytes`);
  return Number(length);
}

/** `/a%20b?c=d` and `http://host/a%20b?c=d` both ask for `/a%20b`. */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/, '');
  return path === '' ? '/' : path;
}
