// A decoder that takes byte after byte into a place of the right size, and calls back.
export function encode(message: Buffer): Buffer {
  const frame = Buffer.alloc(4 + message.length);
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, message.length);
  frame.set(message, 4);
  return frame;
}

export interface Decoder {
  /** Returns what is wrong, if something is. */
  take(chunk: Buffer): string | undefined;
  inside(): boolean;
}

export function createDecoder(most: number, found: (message: Buffer) => void): Decoder {
  let place = Buffer.alloc(4);
  let filled = 0;
  let isLength = true;
  return {
    inside: () => !isLength || filled > 0,
    take(chunk) {
      for (let at = 0; at < chunk.length;) {
        const count = Math.min(place.length - filled, chunk.length - at);
        chunk.copy(place, filled, at, at + count);
        filled += count;
        at += count;
        if (filled < place.length) break;
        filled = 0;
        if (isLength) {
          const length = place.readUInt32BE();
          if (length > most) return `${length} bytes are too many`;
          isLength = length === 0;
          if (isLength) found(Buffer.alloc(0));
          else place = Buffer.alloc(length);
        } else {
          found(place);
          place = Buffer.alloc(4);
          isLength = true;
        }
      }
      return undefined;
    },
  };
}
