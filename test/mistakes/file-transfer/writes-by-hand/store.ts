// The storing of one file: whole and under its name, or not at all.
import { createHash, randomUUID, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
  // Not made from the sender's name: that one may be as long as a name can be, and two senders may have the same.
  const part = join(directory, `.${randomUUID()}.part`);
  const file = createWriteStream(part, { flags: 'wx', highWaterMark: PENDING });
  // Once it is there: a file that is opened late would come into being after it was removed.
  await once(file, 'open');
  try {
    for await (const chunk of content(size, rest, chunks, hash))
      if (!file.write(chunk)) await new Promise((resolve) => file.once('drain', resolve));
    await new Promise<void>((resolve) => file.end(() => resolve()));
    // Not rename(): that replaces a file which is there already, without a word. link() fails with EEXIST.
    await link(part, join(directory, name));
  } finally {
    file.end();
    if (!file.closed) await once(file, 'close');
    await rm(part, { force: true });
  }
  return { name, size, sha256: hash.digest('hex') };
}

/** The bytes of the file, counted and hashed on their way. Throws {@link Refused} unless they are `size` when the FIN comes. */
async function* content(
  size: number,
  rest: Buffer,
  chunks: AsyncIterable<Buffer>,
  hash: Hash,
): AsyncGenerator<Buffer> {
  let got = 0;
  const take = (chunk: Buffer): Buffer => {
    got += chunk.length;
    if (got > size) throw new Refused(`got more than ${size} bytes`);
    hash.update(chunk);
    return chunk;
  };
  yield take(rest);
  for await (const chunk of chunks) yield take(chunk);
  if (got < size) throw new Refused(`got ${got} of ${size} bytes`);
}
