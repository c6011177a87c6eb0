// The frames of this lesson: a request with a picture in it, and the reply to it. All numbers are big-endian.
//
//   request   bytes  what                                     reply   bytes  what
//             2      the length of the category in bytes              4      the length of the text in bytes
//             n      the category, UTF-8                              n      JSON, UTF-8: {"labels":["…"]} or {"error":"…"}
//             4      the size of the picture in bytes
//             m      the picture, each byte as it is in its file
//
// The task: steps 1, 2, 4 and 5 of README.md beside this file.
import type { ByteReader } from './byte-reader.ts';
import { todo } from '#todo';

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
  // TODO: step 1: make bytes of the category, `Buffer.from(category)`. Then put one behind the other: their number in two bytes
  //   (`writeUInt16BE`), they themselves, the number of bytes of the picture in four (`writeUInt32BE`), the picture.
  return todo('step 1: make the bytes of a request');
}

/** The bytes of a reply. */
export function encodeReply(reply: Reply): Buffer {
  // TODO: step 2: make bytes of the JSON of the reply, and put their number in front of them, in four bytes.
  return todo('step 2: make the bytes of a reply');
}

/** Reads one request; `largest` is the limit of a picture, in bytes. Throws {@link BrokenFrame}. */
export async function readRequest(bytes: ByteReader, largest: number): Promise<Request> {
  // TODO: step 2: take the fields in their order, as `(await bytes.take(2)).readUInt16BE()`: each length tells how many bytes
  //   to take next.
  // TODO: step 4: throw a BrokenFrame for a category of more than MOST_CATEGORY bytes, and for a picture of more than
  //   `largest`: as soon as its length is known.
  return todo('step 2: read a request field by field');
}

/** Reads one reply. Throws {@link BrokenFrame}, also for what is no reply. */
export async function readReply(bytes: ByteReader): Promise<Reply> {
  // TODO: step 5: take the length, then the text. `parseReply()` below makes a reply of it. A length of more than MOST_TEXT
  //   bytes is a BrokenFrame.
  return todo('step 5: read a reply');
}

// Done for you: what is a reply, and what is none.

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
