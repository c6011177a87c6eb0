// The frame: a length in front of each message, so that its end can be found in a stream that has no borders.
//
//   offset  bytes  what
//   0       4      the length of the message in bytes, big-endian, without these four
//   4       n      the message
import { pack, unpack } from './struct.ts';

const LENGTH_BYTES = 4;

/** The frame of a message. */
export function encode(message: Buffer): Buffer {
  return Buffer.concat([pack('>I', [message.length]), message]);
}

/** Finds the messages in one stream of frames, however it was cut. Each connection needs one of its own. */
export class Decoder {
  /** What has come and is no whole frame yet. */
  #bytes: Buffer = Buffer.alloc(0);
  readonly #most: number;

  /** `most`: the longest message that is taken, in bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many bytes of a frame have come that is not whole yet. */
  get pending(): number {
    return this.#bytes.length;
  }

  /**
   * Takes the next chunk, and yields each message that is whole by now: none, one or many. Throws RangeError as soon as a
   * length is above the limit, when the messages before it have been yielded.
   */
  *push(chunk: Buffer): Generator<Buffer> {
    // concat() copies what is there already. That is dear if a long message comes in tiny pieces, and the limit keeps it
    // bearable: a decoder for films would keep a list of chunks, and join them once.
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= LENGTH_BYTES) {
      const length = Number(unpack('>I', this.#bytes.subarray(0, LENGTH_BYTES))[0]);
      // Before the message is waited for: four bytes from a stranger may ask for 4 GiB of our memory.
      if (length > 65_536) {
        throw new RangeError(`a message of ${length} bytes, and ${this.#most} is the limit`);
      }
      const end = LENGTH_BYTES + length;
      if (this.#bytes.length < end) return;
      const message = this.#bytes.subarray(LENGTH_BYTES, end);
      this.#bytes = this.#bytes.subarray(end);
      yield message;
    }
  }
}
