// The frames of this lesson: a request with a picture in it, and the reply to it. All numbers are big-endian.
//
//   request   bytes  what                                     reply   bytes  what
//             2      the length of the category in bytes              4      the length of the text in bytes
//             n      the category, UTF-8                              n      JSON, UTF-8: {"labels":["…"]} or {"error":"…"}
//             4      the size of the picture in bytes
//             m      the picture, each byte as it is in its file
import type { ByteReader } from './byte-reader.ts';

export interface Request {
  readonly category: string;
  readonly picture: Buffer;
}

/** What was recognised, or why nothing was. */
export type Reply = { readonly labels: readonly string[] } | { readonly error: string };

/** What came is no frame: nobody knows where the next one begins, so the connection is of no more use. */
export class BrokenFrame extends Error {}

/** The longest category and the longest text of a reply that anybody takes, in bytes. */
const MOST_CATEGORY = 64;
const MOST_TEXT = 65_536;

/** The bytes of a request. Throws RangeError for a category of more than 65,535 bytes: its length would not fit. */
export function encodeRequest({ category, picture }: Request): Buffer {
  const name = Buffer.from(category); // first: 动物 are two characters, but six bytes
  const head = Buffer.alloc(2 + name.length + 4);
  head.writeUInt16BE(name.length, 0);
  name.copy(head, 2);
  head.writeUInt32BE(picture.length, 2 + name.length);
  return Buffer.concat([head, picture]);
}

/** The bytes of a reply. */
export function encodeReply(reply: Reply): Buffer {
  const text = Buffer.from(JSON.stringify(reply));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

/** Reads one request; `largest` is the limit of a picture, in bytes. Throws {@link BrokenFrame}. */
export async function readRequest(bytes: ByteReader, largest: number): Promise<Request> {
  const length = (await bytes.take(2)).readUInt16BE();
  if (length > MOST_CATEGORY) {
    throw new BrokenFrame(`a category of ${length} bytes, and ${MOST_CATEGORY} is the limit`);
  }
  const category = (await bytes.take(length)).toString();
  const size = (await bytes.take(4)).readUInt32BE();
  // Before the picture is waited for: four bytes from a stranger may ask for 4 GiB of our memory.
  if (size > largest) {
    throw new BrokenFrame(`a picture of ${size} bytes, and ${largest} is the limit`);
  }
  return { category, picture: await bytes.take(size) };
}

/** Reads one reply. Throws {@link BrokenFrame}, also for what is no reply. */
export async function readReply(bytes: ByteReader): Promise<Reply> {
  const length = (await bytes.take(4)).readUInt32BE();
  if (length >= MOST_TEXT) {
    throw new BrokenFrame(`a reply of ${length} bytes, and ${MOST_TEXT} is the limit`);
  }
  return parseReply((await bytes.take(length)).toString());
}

/** What a stranger sends may be any text, and any JSON: `unknown` makes us look before we use it. */
function parseReply(text: string): Reply {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch (error) {
    throw new BrokenFrame('a reply that is no JSON', { cause: error });
  }
  if (!isReply(reply)) throw new BrokenFrame('a reply with neither labels nor an error');
  return reply;
}

function isReply(value: unknown): value is Reply {
  const { labels, error } = (value ?? {}) as { labels?: unknown; error?: unknown };
  return (
    typeof error === 'string' ||
    (Array.isArray(labels) && labels.every((label) => typeof label === 'string'))
  );
}
