// A submission that is a zip. Its list is read by yauzl; what a lesson wants is unpacked in memory, one file at a time, and
// must be what list, local header and checksum say: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { constants } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import { fromBufferPromise, getFileNameLowLevel, type Entry, type ZipFile } from 'yauzl';
import type { Contents } from './contents.ts';
import { FILE_LIMIT, inMiB } from './limits.ts';
import { Refused, Unreadable } from './refusal.ts';

/** Reads a zip into `contents`. Throws {@link Unreadable} if its list is broken. */
export async function readZip(bytes: Buffer, contents: Contents): Promise<void> {
  // Names and sizes are judged here, entry by entry: yauzl would give up at the first one that is wrong.
  const zip = await broken(
    fromBufferPromise(bytes, { decodeStrings: false, validateEntrySizes: false }),
  );
  const entries = zip.eachEntry();
  for (;;) {
    const next = await broken(entries.next());
    if (next.done) return;
    const entry = next.value;
    const name = nameOf(entry);
    try {
      const path = contents.enter(name, kindOf(entry, name), entry.uncompressedSize);
      if (path !== undefined && !name.endsWith('/'))
        contents.take(path, await contentOf(zip, entry, bytes));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      contents.refuse(name, error.message);
    }
  }
}

/** yauzl's errors have no code: whatever it throws while it reads the list of a zip is about that zip. */
async function broken<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    throw new Unreadable(`a broken zip: ${(error as Error).message}`, { cause: error });
  }
}

/** Many programs write UTF-8 and do not say so. What is no UTF-8 is read as the format has it: code page 437. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fileNameRaw);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true);
  }
}

/** The upper half of the attributes is the mode of Unix, where there is one (APPNOTE 4.4.15, Info-ZIP). */
function kindOf(entry: Entry, name: string): string {
  const type = (entry.externalFileAttributes >>> 16) & constants.S_IFMT;
  if (type === constants.S_IFLNK) return 'a symbolic link';
  if (type === constants.S_IFIFO) return 'a named pipe';
  if (type === constants.S_IFSOCK) return 'a socket';
  if (type === constants.S_IFCHR || type === constants.S_IFBLK) return 'a device';
  if (name.endsWith('/')) return 'folder';
  return entry.isEncrypted() ? 'encrypted' : 'file';
}

async function contentOf(zip: ZipFile, entry: Entry, zipped: Buffer): Promise<Buffer> {
  const local = await localHeader(zip, entry);
  if (!local.fileName.equals(entry.fileNameRaw))
    throw new Refused('has another name in its own header than in the list');
  if (local.compressionMethod !== entry.compressionMethod)
    throw new Refused('is packed in another way than the list says');
  const packed = zipped.subarray(local.fileDataStart, local.fileDataStart + entry.compressedSize);
  const bytes = unpack(packed, entry.compressionMethod);
  if (bytes.length !== entry.uncompressedSize)
    throw new Refused(`holds ${bytes.length} bytes where the list says ${entry.uncompressedSize}`);
  if (crc32(bytes) !== entry.crc32) throw new Refused('damaged: its checksum is wrong');
  return bytes;
}

async function localHeader(zip: ZipFile, entry: Entry) {
  try {
    return await zip.readLocalFileHeaderPromise(entry);
  } catch (error) {
    throw new Refused(`damaged: ${(error as Error).message}`, { cause: error });
  }
}

function unpack(packed: Buffer, method: number): Buffer {
  // A copy: a small file must not keep the whole archive in memory.
  if (method === 0) return Buffer.from(packed);
  if (method !== 8) throw new Refused(`packed by a method that is not read (${method})`);
  try {
    return inflateRawSync(packed, { maxOutputLength: FILE_LIMIT });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refused(`unpacks to more than ${inMiB(FILE_LIMIT)}`, { cause: error });
    if (code?.startsWith('Z_'))
      throw new Refused('damaged: it cannot be unpacked', { cause: error });
    throw error;
  }
}
