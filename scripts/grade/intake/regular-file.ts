// A regular file, read whole: no link is followed, nothing that is not a file is waited for, and no more than a limit is read.
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { inMiB } from './limits.ts';
import { orRefused, Refused } from './refusal.ts';

/** Windows has neither flag. O_NONBLOCK: to open a FIFO would wait for a writer (open(2)); it is then told by its kind. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reads the file at `path`. Throws {@link Refused} if it is no regular file, has more than `limit` bytes, or changes meanwhile. */
export async function readRegularFile(path: string | Buffer, limit: number): Promise<Buffer> {
  return await orRefused(async () => {
    const file = await open(path, FLAGS);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new Refused('not a regular file');
      if (stat.size > limit) throw new Refused(`larger than ${inMiB(limit)}`);
      // One byte more: whether it goes on behind its size (as it does if it grows) is seen by reading.
      const bytes = await readUpTo(file, stat.size + 1);
      if (bytes.length !== stat.size) throw new Refused('changed while it was read');
      return bytes;
    } finally {
      await file.close();
    }
  });
}

async function readUpTo(file: FileHandle, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(most);
  let length = 0;
  while (length < most) {
    const { bytesRead } = await file.read(bytes, length, most - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
