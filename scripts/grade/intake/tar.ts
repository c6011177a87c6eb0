// A submission that is a tar, behind gzip or not. All of it is unpacked in memory, up to a limit.
import { gunzipSync } from 'node:zlib';
import { pathOf, type Contents } from './contents.ts';
import { inMiB, TAR_LIMIT } from './limits.ts';
import { Unreadable } from './refusal.ts';
import { entriesOf, type TarEntry } from './tar-entries.ts';

/** Reads a tar, packed by gzip or not, into `contents`. Throws {@link Unreadable} if it is broken or too large. */
export function readTar(bytes: Buffer, contents: Contents): void {
  for (const entry of entriesOf(isGzip(bytes) ? gunzip(bytes) : bytes)) {
    // A hard link to a file that came before it is that file once more: tar writes so what has two names.
    const linked = entry.type === '1' ? contents.files.get(pathOf(entry.link)) : undefined;
    const content = linked ?? entry.bytes;
    const kind = linked ? 'file' : kindOf(entry);
    const path = contents.enter(entry.name, kind, content.length);
    // A copy: a small file must not keep the whole tar in memory.
    if (path !== undefined && kind === 'file') contents.take(path, Buffer.from(content));
  }
}

/** Magic number of RFC 1952 section 2.3.1. */
function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function gunzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: TAR_LIMIT });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new Unreadable(`unpacks to more than ${inMiB(TAR_LIMIT)}`, { cause: error });
    if (code?.startsWith('Z_'))
      throw new Unreadable('a broken archive: its gzip is damaged or cut off', { cause: error });
    throw error;
  }
}

function kindOf({ type, name, sparse }: TarEntry): string {
  if (sparse || type === 'S') return 'a sparse file, which says it is larger than it is';
  switch (type) {
    case '0':
    // Contiguous, on systems that know of that: a file like any other.
    case '7':
      // Old tars have no other sign of a folder.
      return name.endsWith('/') ? 'folder' : 'file';
    case '1':
      return 'a hard link to something else';
    case '2':
      return 'a symbolic link';
    case '3':
    case '4':
      return 'a device';
    case '5':
      return 'folder';
    case '6':
      return 'a named pipe';
    default:
      return 'an entry of a kind that is not known';
  }
}
