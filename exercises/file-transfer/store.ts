// The storing of one file: whole and under its name, or not at all.
//
// The task: steps 1 and 5 of README.md beside this file.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { todo } from '#todo';
import { readHeader, Refused, type Header } from './frame.ts';

/** How many bytes may wait to be written. Node reads on while they are, and writes in one go what has come meanwhile. */
const PENDING = 8 * 1024 * 1024;

/**
 * Stores the frame that `chunks` brings, up to their end, as a new file in `directory`. `sha256` is that of its bytes, in hex.
 * Throws {@link Refused}, or the errors of fs and of `chunks`; then nothing of the file is left.
 */
export async function store(
  directory: string,
  chunks: AsyncIterableIterator<Buffer>,
): Promise<Header & { sha256: string }> {
  const { name, size, rest } = await readHeader(chunks);
  const hash = createHash('sha256');
  // Done for you, and good enough until step 5: the bytes go into the file itself.
  const file = createWriteStream(join(directory, name), { highWaterMark: PENDING });
  await pipeline(content(size, rest, chunks, hash), file);
  // TODO: step 5: write into a new file with a name of its own in the same directory: `.${randomUUID()}.part`, flags 'wx'.
  // TODO: step 5: when it is whole, give it its final name, in such a way that a file which is there already stays.
  // TODO: step 5: whatever happens, at the end the `.part` is gone.
  return { name, size, sha256: hash.digest('hex') };
}

/** The bytes of the file, counted and hashed on their way. Throws {@link Refused} unless they are `size` when the FIN comes. */
async function* content(
  size: number,
  rest: Buffer,
  chunks: AsyncIterable<Buffer>,
  hash: Hash,
): AsyncGenerator<Buffer> {
  // TODO: step 1: yield the rest, then each of the chunks until there are no more. Show each of them to hash.update(), too.
  // TODO: step 5: count them. As soon as there are more than `size`, and at the end if there are fewer: throw a Refused.
  yield todo('step 1: hand out the bytes of the file');
}
