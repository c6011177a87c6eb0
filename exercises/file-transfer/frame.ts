// The frame: what stands before the bytes of a file on the wire, so that the receiver knows where everything ends.
//
//   offset  bytes  what
//   0       2      the length of the name in bytes, big endian
//   2       n      the name, UTF-8
//   2 + n   8      the size of the file in bytes, big endian
//   10 + n         the bytes of the file, then the FIN
//
// The task: README.md beside this file. It begins here, with encodeHeader().
import { isUtf8 } from 'node:buffer';
import { todo } from '#todo';

/** What the other side may not do, in words that it is told: `ERR <message>`. */
export class Refused extends Error {}

export interface Header {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** The longest file name on Linux, in bytes: NAME_MAX, see pathconf(3). */
const LONGEST_NAME = 255;
const LENGTH_BYTES = 2;
const SIZE_BYTES = 8;

/** The bytes of a header. */
export function encodeHeader(name: string, size: number): Buffer {
  // TODO: step 1: return the length of the name, the name, and the size, one behind the other, in one Buffer.
  // TODO: step 2: the length counts bytes, and 老王 are two characters but six bytes.
  return todo('step 1: make the bytes of a header');
}

/**
 * Takes chunks until the header is there, however the network has cut them. `rest` is what came behind it in the last one:
 * the first bytes of the file. Throws {@link Refused} for a header that nobody should follow.
 */
export async function readHeader(
  chunks: AsyncIterator<Buffer>,
): Promise<Header & { rest: Buffer }> {
  // TODO: step 1: take the first chunk: `await chunks.next()` gives { done, value }.
  // TODO: step 1: read the length of the name, the name and the size from it. Call nameLength(), readName(), readSize().
  // TODO: step 1: return them, and as `rest` all bytes that stand behind the header in this chunk.
  // TODO: step 3: a chunk may hold one byte, or two, and end anywhere. Go on taking chunks until there are enough.
  // TODO: step 5: if there are no more chunks before the header is whole: throw a Refused that says so.
  return todo('step 1: read the header');
}

/** Called before the name is waited for: nobody may announce 64 KiB and let us keep them. */
function nameLength(length: number): number {
  // TODO: step 4: a name of 0 bytes, or of more than LONGEST_NAME: throw a Refused, as readSize() does.
  return length;
}

/** A name is one name in one directory: never trust what a stranger calls it. */
function readName(bytes: Buffer): string {
  // TODO: step 4: bytes that are not UTF-8 (isUtf8() knows); the names `.` and `..`; a name with `/` or `\` in it; a name
  //   with a control character in it (in a regular expression with the flag u: \p{Cc}). For each, throw a Refused that says why.
  return bytes.toString('utf8');
}

/** Done for you. A number of JavaScript counts exactly up to 2^53 - 1 only. */
function readSize(size: bigint): number {
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refused('the size is too large');
  return Number(size);
}
