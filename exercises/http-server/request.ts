// Requests: from the bytes that a client sends to what it asks for (RFC 9112).
import { todo } from '#todo';
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
  // TODO: step 2: wait for bytes (`await input.more()`, false: return undefined), and parse them as a head. Let them all
  //   be one request for now: `input.bytes.toString('latin1')`.
  // TODO: step 3: a request may come in pieces. Wait for more until findHead() finds the end of the head; then take the
  //   head out of `input`.
  // TODO: step 6: skip empty lines before a request. Take the body out of `input` as well, or it would be taken for the
  //   next request. And set one deadline for the whole request, at its first byte: input.more(deadline) keeps it.
  return todo('step 2: read a request');
}

/**
 * Some clients send a line end too many; RFC 9112, section 2.2, has it ignored. True once a request has begun: a CR by
 * itself may be half of a line end.
 */
function skipEmptyLines(input: Input): boolean {
  // TODO: step 6: take `\r\n` (or `\n`) out of `input` as long as it begins with one. Return false if then there is
  //   nothing, or a `\r` alone: it may be half of an empty line. Wait for more.
  return todo('step 6: skip empty lines');
}

/**
 * The head at the beginning of `bytes`, without the empty line that ends it, and how many bytes it has with it. Undefined
 * if it is not complete.
 */
function findHead(bytes: Buffer): { text: string; length: number } | undefined {
  // latin1 makes one character of each byte, whatever it is: places in the text are places in the bytes.
  const text = bytes.toString('latin1', 0, MOST_HEAD);
  // TODO: step 3: find the empty line, `\r\n\r\n`. Return undefined if it is not there yet.
  // TODO: step 5: throw an HttpError as soon as the first line is longer than MOST_LINE (414) or the head longer than
  //   MOST_HEAD (431): also if their ends have not come yet. MOST_LINE is without the line end: as long as there is no LF,
  //   a CR may already be there.
  return todo('step 3: find the end of the head');
}

// Done for you: method, target, major and minor version; what a name may consist of; and what no value may hold.
const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) ([!-~]+) HTTP\/(\d)\.(\d)$/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

function parseHead(text: string): Request {
  const [requestLine = '', ...lines] = text.split(/\r?\n/);
  // TODO: step 2: take method and target out of the request line. What is not yet parsed may have fixed values:
  //   `bodyLength: 0, keepAlive: false`.
  // TODO: step 3: parse the other lines with parseHeaders(), and the target with pathOf().
  // TODO: step 5: throw an HttpError for a request line that does not match (400), for another major version than 1 (505),
  //   and for a wrong Host in HTTP/1.1: see checkHost(). And call bodyLengthOf(), which refuses wrong lengths.
  // TODO: step 6: keepAlive: not with HTTP/1.0, and not with `Connection: close`. Connection is a list: split it at its
  //   commas, trim, compare in lower case.
  return todo('step 2: parse the request line');
}

/** Names in lower case, because they may be written in any; the values of a name that comes twice are joined with `, `. */
function parseHeaders(lines: readonly string[]): Map<string, string> {
  // TODO: step 3: separate each line at its first colon. No space belongs to the value at its ends.
  // TODO: step 5: throw an HttpError with status 400 if a name does not match FIELD_NAME or a value has a CONTROL in it.
  return todo('step 3: parse the lines of the head');
}

/** HTTP/1.1 wants exactly one (RFC 9112, section 3.2): one machine may be many hosts. Two are joined by a comma here. */
function checkHost(host: string | undefined): void {
  // TODO: step 5: throw an HttpError with status 400 if there is none, or two, or if it is no name of a host. It may be
  //   empty; else it has letters, digits and `. - _ : [ ]`.
  todo('step 5: check the Host');
}

/** The length of the content decides where the next request begins: whoever guesses here can be tricked (smuggling). */
function bodyLengthOf(headers: ReadonlyMap<string, string>): number {
  // TODO: step 5: throw an HttpError for Transfer-Encoding (411; with Content-Length 400), for a length that is no number
  //   (400) and for more than MOST_BODY bytes (413).
  return todo('step 5: find out how long the body is');
}

/** `/a%20b?c=d` and `http://host/a%20b?c=d` both ask for `/a%20b`. */
function pathOf(target: string): string {
  // TODO: step 3: cut off what comes from the question mark on. If the target begins with `http://`, the path begins
  //   behind the next `/`, whatever the host is. If nothing is left, the path is `/`.
  return todo('step 3: find the path in the target');
}
