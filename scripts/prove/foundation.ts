// The foundation of a lesson's proof: hashes of all that what a check says rests on. Where a hash is the same, so is the word.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { loadChecks, placesOf, root, type Lesson } from '../lessons.ts';
import { partsOf } from './parts.ts';
import type { Specimen } from './specimens.ts';

export interface Foundation {
  /** By the id of a check: its key when it passes, and when it fails and a diagnosis has a word in it. */
  readonly checks: ReadonlyMap<string, { readonly passed: string; readonly failed: string }>;
}

/**
 * Rests on the harness (but for what only draws), the solution, what both import and this Node, and for each check on its own part of the test file.
 * `#posix` counts where the solution imports it.
 */
export async function foundationOf(lesson: Lesson): Promise<Foundation> {
  const { checks, solution } = placesOf(lesson);
  const programs = await filesIn(join(root, solution));
  const { metafile } = await build({
    entryPoints: [checks, ...programs.filter((file) => file.endsWith('.ts'))],
    absWorkingDir: root,
    outdir: 'nowhere',
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  const files = [
    ...Object.keys(metafile.inputs).filter((file) => file !== checks && !DRAWS.includes(file)),
    ...programs,
    'scripts/todo.ts',
  ];
  const common = createHash('sha256').update(process.version);
  for (const file of [...new Set(files)].sort())
    common.update(file).update(readFileSync(join(root, file)));
  common.update(JSON.stringify(versionsOf(metafile)));
  const source = readFileSync(join(root, checks), 'utf8');
  const parts = partsOf(source);
  const key = (...texts: readonly string[]) => {
    const hash = common.copy();
    for (const text of texts) hash.update(text);
    return hash.digest('hex').slice(0, 24);
  };
  return {
    checks: new Map(
      loadChecks(lesson).checks.map(({ id }) => {
        const text = parts.checks.get(id) ?? source;
        return [id, { passed: key(text), failed: key(text, parts.diagnoses) }];
      }),
    ),
  };
}

/** Of the harness, what only draws what was seen: no verdict rests on it. */
const DRAWS = ['report', 'ladder', 'timeline'].map((name) => `test/harness/${name}.ts`);

/** The packages that are imported, with their versions. */
function versionsOf({ inputs }: Metafile): [string, string | undefined][] {
  const lock = JSON.parse(
    readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8'),
  ) as Lock;
  const imported = Object.values(inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set(imported)]
    .map((name): [string, string | undefined] => [
      name,
      lock.packages[`node_modules/${name}`]?.version,
    ])
    .filter(([, version]) => version !== undefined)
    .sort();
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** The key of a specimen: its own files. */
export async function keyOf({ layers }: Specimen): Promise<string> {
  const hash = createHash('sha256');
  for (const layer of layers) {
    if (typeof layer !== 'string') hash.update(JSON.stringify([...layer]));
    else
      for (const file of await filesIn(layer))
        hash.update(file).update(await readFile(join(root, file)));
  }
  return hash.digest('hex').slice(0, 24);
}

/** The files below a directory, as paths relative to the root, sorted. */
export async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}
