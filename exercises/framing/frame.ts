// The frame: a length in front of each message, so that its end can be found in a stream that has no borders.
//
//   offset  bytes  what
//   0       4      the length of the message in bytes, big-endian, without these four
//   4       n      the message
//
// The task: README.md beside this file. encode() is step 3, the decoder is steps 4 and 5.
import { pack, unpack } from './struct.ts';
import { todo } from '#todo';

const LENGTH_BYTES = 4;

/** The frame of a message. */
export function encode(message: Buffer): Buffer {
  // TODO: step 3: return the length of the message, by pack(), and the message behind it, in one Buffer.
  return todo('step 3: put the length in front of the message');
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
    // TODO: step 4: append the chunk to #bytes. It may be a part of a frame, many frames, or anything between.
    // TODO: step 4: while #bytes holds a whole frame, take that frame out, and `yield` its message. unpack() reads the
    //   length; what stands behind the frame stays in #bytes.
    // TODO: step 5: if a length is above #most, throw a RangeError that says so. Do not wait for the message.
    yield todo('step 4: find the messages that are whole');
  }
}
