// The frame: what stands before the bytes of a file on the wire, so that the receiver knows where everything ends.
//
//   offset  bytes  what
//   0       2      the length of the name in bytes, big endian
//   2       n      the name, UTF-8
//   2 + n   8      the size of the file in bytes, big endian
//   10 + n         the bytes of the file, then the FIN
import { isUtf8 } from 'node:buffer';

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

/** The bytes of a header. Throws RangeError for a name of more than 65,535 bytes: its length would not fit. */
export function encodeHeader(name: string, size: number): Buffer {
  const bytes = Buffer.from(name); // first: 老王 are two characters, but six bytes
  const header = Buffer.alloc(LENGTH_BYTES + bytes.length + SIZE_BYTES);
  header.writeUInt16BE(bytes.length, 0);
  bytes.copy(header, LENGTH_BYTES);
  header.writeBigUInt64BE(BigInt(size), LENGTH_BYTES + bytes.length);
  return header;
}

/**
 * Takes chunks until the header is there, however the network has cut them. `rest` is what came behind it in the last one:
 * the first bytes of the file. Throws {@link Refused} for a header that nobody should follow.
 */
export async function readHeader(
  chunks: AsyncIterator<Buffer>,
): Promise<Header & { rest: Buffer }> {
  let bytes: Buffer = Buffer.alloc(0);

  const atLeast = async (count: number): Promise<void> => {
    while (bytes.length < count) {
      const next = await chunks.next();
      if (next.done) throw new Refused(`the header ends after ${bytes.length} bytes`);
      bytes = Buffer.concat([bytes, next.value]);
    }
  };

  await atLeast(LENGTH_BYTES);
  const sizeAt = LENGTH_BYTES + nameLength(bytes.readUInt16BE(0));
  await atLeast(sizeAt + SIZE_BYTES);
  return {
    name: readName(bytes.subarray(LENGTH_BYTES, sizeAt)),
    size: readSize(bytes.readBigUInt64BE(sizeAt)),
    rest: bytes.subarray(sizeAt + SIZE_BYTES),
  };
}

/** Before the name is waited for: nobody may announce 64 KiB and let us keep them. */
function nameLength(length: number): number {
  if (length === 0) throw new Refused('the name is empty');
  if (length > LONGEST_NAME) throw new Refused(`the name has more than ${LONGEST_NAME} bytes`);
  return length;
}

/** A name is one name in one directory: never trust what a stranger calls it. */
function readName(bytes: Buffer): string {
  // Asked before decoding: toString() never fails, it writes U+FFFD for what it cannot read.
  if (!isUtf8(bytes)) throw new Refused('the name is not UTF-8');
  const name = bytes.toString('utf8');
  if (name === '.' || name === '..') throw new Refused('the name is that of a directory');
  // On Windows `\` leads into another directory as well, and the file may end up there one day.
  if (/[/\\]/.test(name)) throw new Refused('the name holds a path');
  if (/\p{Cc}/u.test(name)) throw new Refused('the name holds a control character');
  return name;
}

/** A number of JavaScript counts exactly up to 2^53 - 1 only. */
function readSize(size: bigint): number {
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refused('the size is too large');
  if (!size) throw new Refused('the size is missing');
  return Number(size);
}
