// The files of a lesson that come from a student, by the names that its starter gives them; and what is made of them for judging.
import { lessons } from '../../lessons.ts';
import { pristineStarters } from '../../starters.ts';

/** Files of one lesson: path relative to its folder, and bytes. */
export type LessonFiles = ReadonlyMap<string, Buffer>;

/** In which other languages a program may be written, in the order in which `sourceOf` (test/harness/transform.ts) looks. */
const OTHER_LANGUAGES = ['.mjs', '.js', '.py', '.sh'];

/** The paths that are taken from a submission: those of the starter without its README, and its programs in other languages. */
export function namesOf(lesson: string): ReadonlySet<string> {
  return known(lesson).names;
}

/** True if every file is still the one of the starter, or there is none. Ends of lines do not count: git changes them on Windows. */
export function isUntouched(lesson: string, files: LessonFiles): boolean {
  return [...files].every(([path, bytes]) => isPristine(lesson, path, bytes));
}

/**
 * The tree that is judged: the student's files over the pristine starter. Where a program is there in another language, the
 * starter's own .ts, which would be preferred, is not.
 */
export function treeOf(lesson: string, files: LessonFiles): Map<string, Buffer> {
  const tree = new Map([...known(lesson).starter, ...files]);
  for (const program of programsOf(lesson)) {
    const own = files.get(`${program}.ts`);
    const other = OTHER_LANGUAGES.some((end) => files.has(program + end));
    if (other && (!own || isPristine(lesson, `${program}.ts`, own))) tree.delete(`${program}.ts`);
  }
  return tree;
}

function isPristine(lesson: string, path: string, bytes: Buffer): boolean {
  const starter = known(lesson).starter.get(path);
  return starter !== undefined && (starter.equals(bytes) || unix(starter).equals(unix(bytes)));
}

/** The same bytes with LF for CRLF. */
function unix(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

interface Known {
  readonly names: ReadonlySet<string>;
  readonly starter: LessonFiles;
}

/** The pack of all starters is parsed once for each lesson, not for each submission. */
const remembered = new Map<string, Known>();

function known(lesson: string): Known {
  let found = remembered.get(lesson);
  if (!found) {
    const starter = new Map(
      [...pristineStarters(lesson)].map(([path, text]) => [path, Buffer.from(text)]),
    );
    const names = [...starter.keys()].filter((path) => !path.endsWith('.md'));
    const others = programsOf(lesson).flatMap((name) => OTHER_LANGUAGES.map((end) => name + end));
    found = { starter, names: new Set([...names, ...others]) };
    remembered.set(lesson, found);
  }
  return found;
}

function programsOf(lesson: string): string[] {
  return lessons.find(({ name }) => name === lesson)?.programs.map(({ name }) => name) ?? [];
}
