// Reads a stream of bytes field by field: as many bytes as the next field has, however TCP has cut them.
//
// The task: steps 2 and 3 of README.md beside this file.
import { BrokenFrame } from './frame.ts';
import { todo } from '#todo';

/** Where the chunks come from, one at each call: the `next` of an iterator. */
export type NextChunk = () => Promise<IteratorResult<Buffer, unknown>>;

/** The bytes of one connection, in order. Each connection needs one of its own. */
export class ByteReader {
  readonly #next: NextChunk;
  /** What has come and was not taken yet, and how many bytes that is. */
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(next: NextChunk) {
    this.#next = next;
  }

  /** True once there is a byte to be taken, false if the stream ends before one comes. */
  async more(): Promise<boolean> {
    // TODO: step 3: if no byte is left, fetch a chunk, which may be an empty one. If there is none to fetch, the answer is no.
    return todo('step 3: say whether more bytes come');
  }

  /** Takes exactly `count` bytes, and leaves what follows them. Throws {@link BrokenFrame} if the stream ends before. */
  async take(count: number): Promise<Buffer> {
    // TODO: step 2: if no byte is left, fetch a chunk. Return the first `count` bytes of what is there, and keep what is behind
    //   them in `#chunks`: the next field is there. `#length` says how many bytes are left, so take `count` from it.
    //   `Buffer.concat()` and `subarray()` are of use.
    // TODO: step 3: fetch as many chunks as it takes until `count` bytes are there, perhaps none. If there are no more, throw
    //   a BrokenFrame that says so.
    return todo('step 2: take the bytes of a field');
  }

  // Done for you: one more chunk.

  /** Waits for one more chunk. False if there is none. */
  async #fetch(): Promise<boolean> {
    const chunk = await this.#next();
    if (chunk.done) return false;
    this.#chunks.push(chunk.value);
    this.#length += chunk.value.length;
    return true;
  }
}
