// The submissions of a class: every folder and every archive in one directory is one student's.
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { clean } from '../../../test/harness/bytes.ts';
import { lessons } from '../../lessons.ts';
import { UserError } from '../../user-error.ts';
import { codeOf } from '../../workbook-dir.ts';
import type { Refusal } from './refusal.ts';

export interface Submission {
  /** The student's name: that of the folder or archive, made safe for a file name, and like no other in the class. */
  readonly student: string;
  /** The name of the folder or archive as it is. Never trusted: see clean(). */
  readonly original: string;
  /** Where it is. */
  readonly path: string;
}

/** What the operating systems leave behind; hidden files are ignored as well. */
const LITTER = new Set(['__MACOSX', 'Thumbs.db', 'desktop.ini']);

const ARCHIVE = /\.(zip|tar\.gz|tgz|tar)$/i;

/** Characters of a student's name. With `.json` behind it, it is a file name of less than 255 bytes in any script. */
const NAME_LIMIT = 60;

/**
 * Finds the submissions in a directory, sorted by name, the same on every machine; what else stands there is refused with a
 * reason. Throws {@link UserError} if there is no such directory, or if it is one submission itself, or has none in it.
 */
export async function submissionsIn(directory: string): Promise<{
  readonly submissions: readonly Submission[];
  readonly refused: readonly Refusal[];
}> {
  const entries = (await entriesOf(directory))
    .filter(({ name }) => !name.startsWith('.') && !LITTER.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const tree = entries.find(
    (entry) =>
      entry.isDirectory() &&
      (entry.name === 'exercises' || lessons.some(({ name }) => name === entry.name)),
  );
  if (tree)
    throw new UserError(
      `${clean(directory)} is one submission itself: it has ${tree.name}/ in it. Give the folder above it, in which each student has a folder or an archive`,
    );
  const submissions: Submission[] = [];
  const refused: Refusal[] = [];
  const taken = new Set<string>();
  for (const entry of entries) {
    const { name } = entry;
    const why = whyNot(entry);
    if (why !== undefined) {
      refused.push({ path: clean(name, 120), why });
      continue;
    }
    const student = freeName(safeName(entry.isFile() ? name.replace(ARCHIVE, '') : name), taken);
    submissions.push({ student, original: name, path: `${directory.replace(/\/+$/, '')}/${name}` });
  }
  if (submissions.length === 0)
    throw new UserError(`no submission in ${clean(directory)}: neither a folder nor an archive`);
  return { submissions, refused };
}

type Dirent = Awaited<ReturnType<typeof entriesOf>>[number];

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new UserError(`there is no folder ${clean(directory)}`, 2, { cause: error });
    if (codeOf(error) === 'ENOTDIR')
      throw new UserError(
        `${clean(directory)} is a file: give the folder in which each student has a folder or an archive`,
        2,
        { cause: error },
      );
    throw error;
  }
}

function whyNot(entry: Dirent): string | undefined {
  // Node has put U+FFFD for bytes that are no UTF-8: by that name nothing could be opened.
  if (entry.name.includes('\ufffd')) return 'its name is not UTF-8: give it another';
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isDirectory() || (entry.isFile() && ARCHIVE.test(entry.name))) return undefined;
  return entry.isFile()
    ? 'neither a folder nor a .zip, .tar.gz, .tgz or .tar'
    : 'neither a folder nor a file';
}

/** A name that every file system takes and that says nothing to a terminal or a shell. */
function safeName(name: string): string {
  const safe = [...basename(name).normalize('NFC')]
    .map((sign) =>
      /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}<>:"/\\|?*]/u.test(sign) ? '_' : sign,
    )
    .slice(0, NAME_LIMIT)
    .join('')
    .replace(/^[-.~\s]+|[.\s]+$/g, '');
  return safe === '' ? 'student' : safe;
}

/** The name, or with `-2`, `-3` … if somebody has it already, be it in other capitals. */
function freeName(name: string, taken: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    const key = free.toUpperCase().toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return free;
  }
}
