// Numbers and text as bytes, in the order that a format names: what the module struct does in Python, for one byte order.
//
//   >          big-endian, as networks write numbers; a format begins with it
//   B H I Q    an unsigned number of 1, 2, 4 or 8 bytes
//   i          a signed number of 4 bytes
//   6s         text in UTF-8 that has room in 6 bytes; what is left over is filled with zero bytes
//
// Left out on purpose: little-endian, a count in front of a number, floats. One protocol seldom needs more than this.

export type Value = number | bigint | string;

interface Field {
  readonly code: string;
  /** In bytes. */
  readonly size: number;
}

const SIZES: Record<string, number> = { B: 1, H: 2, I: 4, i: 4, Q: 8 };

/** How many bytes a format describes. Throws RangeError if it is none. */
export function sizeOf(format: string): number {
  return fieldsOf(format).reduce((sum, { size }) => sum + size, 0);
}

/** The bytes of the values, one field behind the other. Throws RangeError for a value that does not fit its field. */
export function pack(format: string, values: readonly Value[]): Buffer {
  const fields = fieldsOf(format);
  if (values.length !== fields.length) {
    throw new RangeError(`${format} takes ${fields.length} values, not ${values.length}`);
  }
  const bytes = Buffer.alloc(sizeOf(format)); // all zeros: what stands behind a short text is there already
  for (const [index, field] of fields.entries()) {
    write(bytes, index * field.size, field, values[index] as Value);
  }
  return bytes;
}

/** The values in the bytes, text without its zero bytes. Throws RangeError unless there are as many bytes as the format has. */
export function unpack(format: string, bytes: Buffer): Value[] {
  const size = sizeOf(format);
  if (bytes.length !== size) {
    throw new RangeError(`${format} takes ${size} bytes, not ${bytes.length}`);
  }
  let at = 0;
  return fieldsOf(format).map((field) => {
    const value = read(bytes, at, field);
    at += field.size;
    return value;
  });
}

/** Writes one value at `at`. The methods of Buffer throw RangeError themselves for a number that is too large or too small. */
function write(bytes: Buffer, at: number, { code, size }: Field, value: Value): void {
  if (code === 's') {
    const text = Buffer.from(String(value)); // first: 老王 are two characters, but six bytes
    // Not cut off: the end of it might be half a character.
    if (text.length > size) throw new RangeError(`${value} has ${text.length} bytes, not ${size}`);
    text.copy(bytes, at);
    return;
  }
  const number = numberOf(value);
  if (code === 'B') bytes.writeUInt8(Number(number), at);
  if (code === 'H') bytes.writeUInt16BE(Number(number), at);
  if (code === 'I') bytes.writeUInt32BE(Number(number), at);
  if (code === 'i') bytes.writeInt32BE(Number(number), at);
  if (code === 'Q') bytes.writeBigUInt64BE(number, at);
}

function read(bytes: Buffer, at: number, { code, size }: Field): Value {
  if (code === 'B') return bytes.readUInt8(at);
  if (code === 'H') return bytes.readUInt16BE(at);
  if (code === 'I') return bytes.readUInt32BE(at);
  if (code === 'i') return bytes.readInt32BE(at);
  // A bigint: a number of JavaScript counts exactly up to 2^53 - 1 only.
  if (code === 'Q') return bytes.readBigUInt64BE(at);
  return bytes.toString('utf8', at, at + size).replace(/\0+$/, '');
}

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
