// The contents of a submission, while it is read: which entries are let in, left out, or refused. The same rules for a
// folder, a zip and a tar, so that all three give the same.
import { clean } from '../../../test/harness/bytes.ts';
import {
  ENTRY_LIMIT,
  FILE_LIMIT,
  inMiB,
  LISTED_LIMIT,
  PATH_LIMIT,
  UNPACKED_LIMIT,
} from './limits.ts';
import { Unreadable, type Refusal } from './refusal.ts';

export interface Contents {
  /** The files that are wanted: path in NFC with `/`, and bytes. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Harmless things that nobody asked for. A folder that is left out at once stands for all that is in it. */
  readonly leftOut: ReadonlySet<string>;
  refused(): readonly Refusal[];
  /**
   * Asks to let an entry in; `name` is as the folder or archive has it, `kind` is `file`, `folder`, or the reason why such a
   * thing is refused, `size` the bytes it says it has. Gives its path if it is to be read (or gone into), otherwise notes why not.
   * Throws {@link Unreadable} when the whole is too much.
   */
  enter(name: string, kind: string, size: number): string | undefined;
  /** Hands in the bytes of a file that was let in. */
  take(path: string, bytes: Buffer): void;
  refuse(path: string, why: string): void;
}

/** Columns of a path in a reason. */
const SHOWN = 120;

/** Begins to collect; `wants` says of a path whether a lesson needs it. */
export function openContents(wants: (path: string) => boolean): Contents {
  const files = new Map<string, Buffer>();
  const leftOut = new Set<string>();
  const refused: Refusal[] = [];
  /** Names that would be wanted in small letters. */
  const misnamed = new Set<string>();
  /** Names by what a file system that ignores case or normal form makes of them. */
  const alike = new Map<string, { path: string; name: string }>();
  let listed = 0;
  let entries = 0;
  let bytes = 0;

  function refuse(path: string, why: string): void {
    refused.push({ path: clean(path, SHOWN), why });
  }

  /** True if `path` may stand. Of two that are alike the one that is wanted stays, or the first in order. */
  function claims(path: string, name: string): boolean {
    const key = path.toUpperCase().toLowerCase();
    const other = alike.get(key);
    if (!other) {
      alike.set(key, { path, name });
      return true;
    }
    if (other.name === name) {
      refuse(name, 'is in there twice: the first one counts');
      return false;
    }
    const rank = (one: { path: string; name: string }) =>
      `${wants(one.path) ? 0 : 1}${one.path}\0${one.name}`;
    const wins = rank({ path, name }) < rank(other);
    const [stays, goes] = wins ? [{ path, name }, other] : [other, { path, name }];
    if (wins) {
      alike.set(key, stays);
      files.delete(goes.path);
      leftOut.delete(goes.path);
      misnamed.delete(goes.name);
    }
    refuse(
      goes.name,
      `differs only in capitals or in Unicode normal form from ${clean(stays.name, 80)}`,
    );
    return wins;
  }

  return {
    files,
    leftOut,
    refuse,
    refused() {
      const why = 'must be written in small letters to count';
      return [...refused, ...[...misnamed].map((name) => ({ path: clean(name, SHOWN), why }))];
    },
    enter(name, kind, size) {
      listed += 1;
      if (listed > LISTED_LIMIT)
        throw new Unreadable(`more than ${LISTED_LIMIT.toLocaleString('en-US')} entries`);
      const trouble = nameTrouble(name);
      if (trouble === undefined) {
        const hidden = leftOutFolder(pathOf(name));
        if (hidden !== undefined) {
          leftOut.add(hidden);
          return undefined;
        }
      }
      entries += 1;
      if (entries > ENTRY_LIMIT)
        throw new Unreadable(`more than ${ENTRY_LIMIT.toLocaleString('en-US')} files and folders`);
      if (trouble !== undefined) {
        refuse(name, trouble);
        return undefined;
      }
      const path = pathOf(name);
      if (kind === 'folder') return path;
      if (!claims(path, name)) return undefined;
      if (kind !== 'file') {
        refuse(name, kind);
        return undefined;
      }
      if (size > FILE_LIMIT) {
        refuse(name, `larger than ${inMiB(FILE_LIMIT)}`);
        return undefined;
      }
      bytes += size;
      if (bytes > UNPACKED_LIMIT)
        throw new Unreadable(`more than ${inMiB(UNPACKED_LIMIT)} of files in all`);
      if (wants(path)) return path;
      if (wants(path.toLowerCase())) misnamed.add(name);
      else leftOut.add(path);
      return undefined;
    },
    take(path, content) {
      files.set(path, content);
    },
  };
}

/** The path of a name that has no trouble: in NFC (macOS hands out NFD), without `./` and empty parts. */
export function pathOf(name: string): string {
  return name
    .normalize('NFC')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Why nobody should have an entry of that name; undefined if it is well. */
function nameTrouble(name: string): string | undefined {
  if (name.length > PATH_LIMIT) return 'its path is too long';
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name))
    return 'a control character is in its name';
  if (name.includes('\\')) return 'a backslash is in its name';
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'an absolute path';
  if (name.split('/').includes('..')) return 'a path that leads out of the submission';
  return undefined;
}

/** The folder or file above or at `path` of which nothing is ever looked at: hidden ones and what npm and macOS make. */
function leftOutFolder(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.findIndex(
    (part) => part.startsWith('.') || part === 'node_modules' || part === '__MACOSX',
  );
  return at === -1 ? undefined : parts.slice(0, at + 1).join('/');
}
