// Byte by byte, with the operators of bigint, and the fields found by a loop over the format.
export type Value = number | bigint | string;

function* fieldsOf(format: string): Generator<{ code: string; size: number; at: number }> {
  if (!format.startsWith('>')) throw new RangeError(`${format}: big-endian only`);
  let at = 0;
  let digits = '';
  for (const code of format.slice(1)) {
    if (/\d/.test(code)) {
      digits += code;
      continue;
    }
    const size = code === 's' ? Number(digits) : { B: 1, H: 2, I: 4, i: 4, Q: 8 }[code];
    if (size === undefined) throw new RangeError(`${format}: what is ${code}?`);
    yield { code, size, at };
    at += size;
    digits = '';
  }
}

export function sizeOf(format: string): number {
  let size = 0;
  for (const field of fieldsOf(format)) size += field.size;
  return size;
}

export function pack(format: string, values: readonly Value[]): Buffer {
  const fields = [...fieldsOf(format)];
  if (fields.length !== values.length) throw new RangeError(`${fields.length} values are needed`);
  const parts = fields.map(({ code, size }, index) => {
    const value = values[index] as Value;
    const part = Buffer.alloc(size);
    if (code === 's') {
      if (Buffer.byteLength(String(value)) > size) throw new RangeError(`${value} is too long`);
      part.write(String(value));
      return part;
    }
    if (!/^-?\d+$/.test(String(value))) throw new RangeError(`${value} is no number`);
    const number = BigInt(value);
    const bits = size * 8;
    const fits = code === 'i' ? BigInt.asIntN(bits, number) : BigInt.asUintN(bits, number);
    if (fits !== number) throw new RangeError(`${value} does not fit into ${bits} bits`);
    let left = BigInt.asUintN(bits, number);
    for (let at = size - 1; at >= 0; at -= 1) {
      part[at] = Number(left & 255n);
      left >>= 8n;
    }
    return part;
  });
  return Buffer.concat(parts);
}

export function unpack(format: string, bytes: Buffer): Value[] {
  if (bytes.length !== sizeOf(format)) throw new RangeError(`${bytes.length} bytes`);
  return Array.from(fieldsOf(format), ({ code, size, at }) => {
    const part = bytes.subarray(at, at + size);
    if (code === 's') {
      let end = size;
      while (end > 0 && part[end - 1] === 0) end -= 1;
      return part.toString('utf8', 0, end);
    }
    const number = part.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    return code === 'i' ? BigInt.asIntN(32, number) : number;
  });
}
