// A submission that is a folder. Its tree is walked by lstat, no link is followed, and only what a lesson wants is opened.
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import type { Contents } from './contents.ts';
import { FILE_LIMIT, LISTED_LIMIT } from './limits.ts';
import { orRefused, Refused, Unreadable } from './refusal.ts';
import { readRegularFile } from './regular-file.ts';

/** Reads the folder at `path` into `contents`. Throws {@link Unreadable} if that is not possible at all. */
export async function readFolder(path: string, contents: Contents): Promise<void> {
  // Names are bytes: what an old Windows has packed may be no UTF-8, and is a folder like any other.
  const open = [{ at: Buffer.from(path), name: '' }];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    const { at, name } = folder;
    let children: Buffer[];
    try {
      children = await childrenOf(at);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (name === '') throw new Unreadable(error.message, { cause: error });
      contents.refuse(name, error.message);
      continue;
    }
    for (const child of children) {
      const below = Buffer.concat([at, Buffer.from('/'), child]);
      const text = name === '' ? child.toString('utf8') : `${name}/${child.toString('utf8')}`;
      try {
        if (await goesDeeper(below, text, contents)) open.push({ at: below, name: text });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        contents.refuse(text, error.message);
      }
    }
  }
}

/** Names in a folder, in the same order everywhere. */
async function childrenOf(folder: Buffer): Promise<Buffer[]> {
  const names = await orRefused(() => readdir(folder, { encoding: 'buffer' }));
  if (names.length > LISTED_LIMIT)
    throw new Unreadable(`more than ${LISTED_LIMIT.toLocaleString('en-US')} entries`);
  return names.sort((a, b) => a.compare(b));
}

/** Reads one entry, if it is a file that is wanted; true for a folder that is to be gone into. */
async function goesDeeper(at: Buffer, name: string, contents: Contents): Promise<boolean> {
  const stat = await orRefused(() => lstat(at));
  const kind = kindOf(stat);
  const path = contents.enter(name, kind, stat.size);
  if (path === undefined) return false;
  if (kind === 'folder') return true;
  contents.take(path, await readRegularFile(at, FILE_LIMIT));
  return false;
}

function kindOf(stat: Stats): string {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  if (stat.isSymbolicLink()) return 'a symbolic link';
  if (stat.isFIFO()) return 'a named pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}
