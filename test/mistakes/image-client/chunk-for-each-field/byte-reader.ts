// Reads a stream of bytes field by field: as many bytes as the next field has, however TCP has cut them.
import { BrokenFrame } from './frame.ts';

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
    while (this.#length === 0) {
      if (!(await this.#fetch())) return false;
    }
    return true;
  }

  /** Takes exactly `count` bytes, and leaves what follows them. Throws {@link BrokenFrame} if the stream ends before. */
  async take(count: number): Promise<Buffer> {
    do {
      if (!(await this.#fetch())) {
        throw new BrokenFrame(`ended too early: ${count - this.#length} bytes are missing`);
      }
    } while (this.#length < count);
    // Joined when all are there: to join at each chunk would copy a picture a thousand times.
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }

  /** Waits for one more chunk. False if there is none. */
  async #fetch(): Promise<boolean> {
    const chunk = await this.#next();
    if (chunk.done) return false;
    this.#chunks.push(chunk.value);
    this.#length += chunk.value.length;
    return true;
  }
}
