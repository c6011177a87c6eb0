// The site: which file a path asks for, and which it may have.
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { HttpError, type Answer } from './response.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
};

/** A file up to this size is read at once, and kept; a larger one is read while it is sent. In bytes. */
const SMALL = 65_536;
/** So many files are kept, */
const MOST_KEPT = 100;
/** each for so many milliseconds. Then it is looked at again: it may have changed. */
const FRESH = 1_000;

export interface Site {
  /** What a path is answered with. Throws an HttpError, see {@link findFile}. */
  find(path: string): Promise<Answer> | Answer;
}

/** The files below `root`, a real path. Those that were asked for lately are kept in memory. */
export function openSite(root: string): Site {
  const kept = new Map<string, { answer: Answer; until: number }>();

  async function load(path: string): Promise<Answer> {
    const answer = await findFile(root, path);
    if (Buffer.isBuffer(answer.body)) {
      kept.set(path, { answer, until: performance.now() + FRESH });
      // A Map keeps its order: the first one has been there longest.
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    }
    return answer;
  }

  return {
    find(path) {
      const found = kept.get(path);
      if (found && performance.now() < found.until) return found.answer;
      kept.delete(path);
      return load(path);
    },
  };
}

/**
 * The file that a path asks for, percent-encoded as it was sent. `root` is a real path. Throws an HttpError: 400 if the path
 * cannot be read, 403 if the file is not for this client, 404 if there is none.
 */
async function findFile(root: string, path: string): Promise<Answer> {
  const name = decode(path);
  const wanted = join(root, name.endsWith('/') ? `${name}index.html` : name);
  if (!isBelow(root, wanted)) throw new HttpError(403, 'this path leads out of the site');
  try {
    // A link in the site may lead out of it, too: what counts is where the file really is.
    const real = await realpath(wanted);
    if (!isBelow(root, real)) throw new HttpError(403, 'this link leads out of the site');
    // NONBLOCK: to open a FIFO waits for a writer, which may never come.
    const handle = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await readOpen(handle, TYPES[extname(real).toLowerCase()] ?? 'application/octet-stream');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NOT_THERE.includes(code)) throw new HttpError(404, `there is no ${name}`);
    if (NOT_ALLOWED.includes(code)) throw new HttpError(403, `${name} may not be read`);
    if (NO_ROOM.includes(code)) throw new HttpError(503, 'too many files are open');
    throw error;
  }
}

const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO'];
const NOT_ALLOWED = ['EACCES', 'EPERM'];
const NO_ROOM = ['EMFILE', 'ENFILE'];

/** Small files are read and closed, large ones stay open for the one who sends them. */
async function readOpen(handle: FileHandle, type: string): Promise<Answer> {
  let keepOpen = false;
  try {
    const status = await handle.stat();
    // A directory, a FIFO, a device. A directory without its slash could be redirected to the one with it; left out here.
    if (!status.isFile()) throw Object.assign(new Error('no regular file'), { code: 'ENOENT' });
    if (status.size <= SMALL) return { status: 200, type, body: await handle.readFile() };
    keepOpen = true;
    return { status: 200, type, body: { handle, length: status.size } };
  } finally {
    if (!keepOpen) await handle.close();
  }
}

/** Percent-decoded once, not twice: `%252e` is a file whose name has a `%` in it. */
function decode(path: string): string {
  try {
    const name = decodeURIComponent(path);
    if (name.startsWith('/')) return name;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new HttpError(400, 'the path cannot be read');
}

/** True for what `root` holds. With the separator behind `root`: `/srv/www-secret` is not below `/srv/www`. */
function isBelow(root: string, file: string): boolean {
  return file.startsWith(root.endsWith(sep) ? root : root + sep);
}
