// The site: which file a path asks for, and which it may have.
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { todo } from '#todo';
import { HttpError, type Answer } from './response.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  // TODO: step 4: css and txt are text as well. text/javascript, application/json, image/svg+xml, image/png, image/jpeg
  //   (.jpg), image/gif, image/webp, image/x-icon (.ico).
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

/** Done for you: the files below `root`, a real path. Those that were asked for lately are kept in memory. */
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
  // TODO: step 2: the file that `path` asks for; a path that ends with / asks for the index.html there. If open() or
  //   readOpen() fails with one of the codes of NOT_THERE, throw an HttpError with status 404: both inside one `try`, with
  //   `return await`.
  // TODO: step 4: decode the path. Throw an HttpError with status 403 if the file is not below the root: look at the path,
  //   and then at its realpath(), because a link can lead out, too. NOT_ALLOWED is 403 as well, NO_ROOM 503. And open
  //   with constants.O_NONBLOCK: to open a FIFO would wait for a writer.
  const wanted = join(root, 'index.html');
  return readOpen(await open(wanted), TYPES[extname(wanted)] ?? 'application/octet-stream');
}

const NOT_THERE = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO'];
const NOT_ALLOWED = ['EACCES', 'EPERM'];
const NO_ROOM = ['EMFILE', 'ENFILE'];

/** Done for you: small files are read and closed, large ones stay open for the one who sends them. */
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
  // TODO: step 4: decodeURIComponent(); what it cannot decode (URIError), a NUL in the name, and a name that does not
  //   begin with `/`, is a 400.
  return todo('step 4: decode the path');
}

/** True for what `root` holds. With the separator behind `root`: `/srv/www-secret` is not below `/srv/www`. */
function isBelow(root: string, file: string): boolean {
  // TODO: step 4: mind the separator: /srv/www-secret/a begins with /srv/www, and is not below it.
  return todo('step 4: is this file below the root?');
}
