// The specimens: every program, right or wrong, of which the workbook knows beforehand what its checks must say.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { diffLines } from 'diff';
import type { Mistake, Survivor, Variant } from '../../test/mistakes/mistake.ts';
import { placesOf, root, type Lesson } from '../lessons.ts';
import { pristineStarters } from '../starters.ts';
import { mutantsOf, type Mutant } from './mutants.ts';

/**
 * `solution`: passes, again and again. `nothing`: earns no point (a starter, an empty file, a file that cannot be read).
 * `variant`: right, but built in another way. `mistake`: wrong, as students are. `mutant`: the solution
 * with one change in what a student writes.
 */
export type Kind = 'solution' | 'nothing' | 'variant' | 'mistake' | 'mutant';

export const KINDS: readonly Kind[] = ['nothing', 'variant', 'mistake', 'solution', 'mutant'];

export interface Specimen {
  readonly lesson: Lesson;
  readonly kind: Kind;
  /** Unique in its kind and lesson, and good as a file name. */
  readonly id: string;
  /** Directories, or paths with their text, the later over the earlier: see `overlay` of the harness. */
  readonly layers: readonly (string | ReadonlyMap<string, string>)[];
  /** All cores are kept busy by something else meanwhile. */
  readonly busy?: true;
  /** What is declared of a mistake. */
  readonly mistake?: Mistake;
  /** The change, for a mutant. */
  readonly mutant?: Mutant;
  /** Why this mutant may survive, if the corpus says so. */
  readonly survivor?: Survivor;
}

/** How often a solution must pass: half of it on a machine that has nothing else to do, half on a busy one. */
export const RUNS = 20;

/** The specimens of one kind. */
export async function specimensOf(lesson: Lesson, kind: Kind): Promise<Specimen[]> {
  const solution = join(root, placesOf(lesson).solution);
  const corpus = corpusOf(lesson);
  const own = (id: string) => join(corpus.directory, id);
  if (kind === 'solution') {
    return Array.from({ length: RUNS }, (_, run) => ({
      lesson,
      kind,
      id: `run-${String(run + 1).padStart(2, '0')}`,
      layers: [solution],
      ...(run < RUNS / 2 ? {} : { busy: true as const }),
    }));
  }
  if (kind === 'nothing') {
    const starter = pristineStarters(lesson.name);
    const instead = (text: (old: string) => string) =>
      new Map(
        programFiles(solution).map((path) => [
          path,
          text(readFileSync(join(solution, path), 'utf8')),
        ]),
      );
    return [
      { lesson, kind, id: 'starter', layers: [starter] },
      { lesson, kind, id: 'empty', layers: [starter, instead(() => '')] },
      {
        lesson,
        kind,
        id: 'syntax',
        layers: [solution, instead((old) => `${old}\n}{ let let = ;`)],
      },
    ];
  }
  if (kind === 'variant')
    return corpus.variants.map(({ id }) => ({ lesson, kind, id, layers: [own(id)] }));
  if (kind === 'mistake')
    return corpus.mistakes.map((mistake) => ({
      lesson,
      kind,
      id: mistake.id,
      layers: [solution, own(mistake.id)],
      mistake,
    }));
  const files = programFiles(solution).map(
    (path) => [path, readFileSync(join(solution, path), 'utf8')] as const,
  );
  const starter = pristineStarters(lesson.name);
  const written = new Map(
    files.map(([path, text]) => [path, linesWritten(starter.get(path) ?? '', text)]),
  );
  const mutants = await mutantsOf(new Map(files));
  return mutants
    .filter(({ file, line }) => written.get(file)?.has(line))
    .map((mutant) => {
      const survivor = corpus.survivors.find((reason) => explains(reason, mutant));
      return {
        lesson,
        kind,
        id: mutant.id,
        layers: [solution, new Map([[mutant.file, mutant.text]])],
        mutant,
        ...(survivor ? { survivor } : {}),
      };
    });
}

function explains({ file, line, becomes, now }: Survivor, mutant: Mutant): boolean {
  return (
    file === mutant.file &&
    mutant.was.includes(line) &&
    (becomes === undefined || becomes === mutant.becomes) &&
    (now === undefined || mutant.now.includes(now))
  );
}

/** What is known of a lesson: test/mistakes/<lesson>/, of which mistakes.ts and survivors.ts may be missing. */
export interface Corpus {
  readonly directory: string;
  readonly mistakes: readonly Mistake[];
  readonly variants: readonly Variant[];
  /** Why some mutants may survive. */
  readonly survivors: readonly Survivor[];
}

export function corpusOf({ name }: Lesson): Corpus {
  const directory = join(root, 'test', 'mistakes', name);
  const load = createRequire(import.meta.url);
  const from = (file: string) =>
    existsSync(join(directory, file)) ? (load(join(directory, file)) as Partial<Corpus>) : {};
  const { mistakes = [], variants = [] } = from('mistakes.ts');
  const { survivors = [] } = from('survivors.ts');
  return { directory, mistakes, variants, survivors };
}

/** The directories of a corpus that are not declared, and what is declared and has no directory. */
export function strayIn({ directory, mistakes, variants }: Corpus): string[] {
  const declared = new Set([...mistakes, ...variants].map(({ id }) => id));
  const found = existsSync(directory)
    ? readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
  return [
    ...found.filter((name) => !declared.has(name)).map((name) => `${name} is not declared`),
    ...[...declared].filter((id) => !found.includes(id)).map((id) => `${id} has no directory`),
  ];
}

/**
 * The numbers of those lines of a solution that its starter does not have: what a student writes. A change to the others is
 * no mistake that a check would have to find.
 */
function linesWritten(starter: string, solution: string): Set<number> {
  const lines = new Set<number>();
  let line = 1;
  for (const { added, removed, count } of diffLines(starter, solution)) {
    if (added) for (let at = line; at < line + count; at += 1) lines.add(at);
    if (!removed) line += count;
  }
  return lines;
}

/** The names of the programs and modules in a directory, sorted. */
export function programFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ts'))
    .sort();
}
