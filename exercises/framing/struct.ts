// Numbers and text as bytes, in the order that a format names: what the module struct does in Python, for one byte order.
//
//   >          big-endian, as networks write numbers; a format begins with it
//   B H I Q    an unsigned number of 1, 2, 4 or 8 bytes
//   i          a signed number of 4 bytes
//   6s         text in UTF-8 that has room in 6 bytes; what is left over is filled with zero bytes
//
// Left out on purpose: little-endian, a count in front of a number, floats. One protocol seldom needs more than this.
//
// The task: README.md beside this file. Steps 1 and 2 are here. Check it at every save: npm run ex -- framing --watch
import { todo } from '#todo';

export type Value = number | bigint | string;

interface Field {
  readonly code: string;
  /** In bytes. */
  readonly size: number;
}

const SIZES: Record<string, number> = { B: 1, H: 2, I: 4, i: 4, Q: 8 };

/** Done for you: how many bytes a format describes. Throws RangeError if it is none. */
export function sizeOf(format: string): number {
  return fieldsOf(format).reduce((sum, { size }) => sum + size, 0);
}

/** The bytes of the values, one field behind the other. Throws RangeError for a value that does not fit its field. */
export function pack(format: string, values: readonly Value[]): Buffer {
  // TODO: step 1: make a Buffer of sizeOf(format) bytes, all zeros, and write each value into it by write() below. Each
  //   field begins where the one before it ends; fieldsOf() knows their sizes.
  // TODO: step 1: if there are more or fewer values than fields, throw a RangeError that says so.
  return todo('step 1: put the bytes of the values one behind the other');
}

/** The values in the bytes, text without its zero bytes. Throws RangeError unless there are as many bytes as the format has. */
export function unpack(format: string, bytes: Buffer): Value[] {
  // TODO: step 2: if there are more or fewer bytes than the format has, throw a RangeError that says so.
  // TODO: step 2: return what read() finds for each field, in order.
  return todo('step 2: find the values in the bytes');
}

/** Writes one value at `at`. The methods of Buffer throw RangeError themselves for a number that is too large or too small. */
function write(bytes: Buffer, at: number, { code, size }: Field, value: Value): void {
  if (code === 'B') {
    bytes.writeUInt8(Number(numberOf(value)), at); // this one is done for you
    return;
  }
  // TODO: step 1: the same for H, I, i and Q. A wire has the large end first. Q takes a bigint: a number of JavaScript
  //   counts exactly up to 2^53 - 1 only.
  // TODO: step 1: for s, put the bytes of the text at `at`. If it has more than `size` bytes, throw a RangeError: cut off, it
  //   might end in half a character.
  todo(`step 1: write a value of the code ${code}`);
}

function read(bytes: Buffer, at: number, { code, size }: Field): Value {
  if (code === 'B') return bytes.readUInt8(at); // done for you
  // TODO: step 2: the same for H, I, i and Q. Q gives a bigint.
  // TODO: step 2: for s, return the text in the next `size` bytes, without the zero bytes behind it.
  return todo(`step 2: read a value of the code ${code}`);
}

// Done for you from here on.

function fieldsOf(format: string): Field[] {
  if (!/^>(\d+s|[BHIiQ])+$/.test(format)) {
    throw new RangeError(`${format} is no format: one is >HI6s`);
  }
  return Array.from(format.matchAll(/(\d+)s|[BHIiQ]/g), ([code, length]) =>
    length === undefined ? { code, size: SIZES[code] ?? 0 } : { code: 's', size: Number(length) },
  );
}

/** From the command line numbers come as text, and BigInt('') would be 0. */
function numberOf(value: Value): bigint {
  if (!/^-?\d+$/.test(String(value))) throw new RangeError(`${value} is no whole number`);
  return BigInt(value);
}
