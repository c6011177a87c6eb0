// The pristine starters, packed in scripts/starters.json: what `reset` brings back and what the self-check looks at, also
// in a clone in which a student has worked, with or without git.
//
// Authors: after editing anything below exercises/, run `npm run starters`. `npm run check` fails until it is done.
import { readFileSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { lessons, placesOf, root } from './lessons.ts';
import { UserError } from './user-error.ts';

const PACK = join(root, 'scripts', 'starters.json');

/** `{ 'tcp-echo': { 'server.ts': ['line', …] } }`: as lines, so that a change to a starter reads well in a diff. */
type Pack = Record<string, Record<string, string[]>>;

/** The pristine files of a lesson: path relative to the lesson's directory, and text. */
export function pristineStarters(lesson: string): Map<string, string> {
  const pack = JSON.parse(readFileSync(PACK, 'utf8')) as Pack;
  return new Map(
    Object.entries(pack[lesson] ?? {}).map(([path, lines]) => [path, lines.join('\n')]),
  );
}

/** `npm run starters` packs them; `npm run starters -- --check` fails if the pack is not up to date. */
export async function starters(words: readonly string[]): Promise<void> {
  const [flag, ...rest] = words;
  if (rest.length > 0 || (flag !== undefined && flag !== '--check'))
    throw new UserError('usage: npm run starters [-- --check]');
  const packed = `${JSON.stringify(await pack(), null, 1)}\n`;
  if (flag === undefined) await writeFile(PACK, packed);
  else if ((await readFile(PACK, 'utf8').catch(() => '')) !== packed) {
    throw new UserError(
      'scripts/starters.json is not what stands in exercises/. If exercises/ is right: npm run starters',
      1,
    );
  }
}

async function pack(): Promise<Pack> {
  const entries = lessons.map(
    async (lesson) => [lesson.name, await files(join(root, placesOf(lesson).starter))] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function files(directory: string): Promise<Record<string, string[]>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = paths.sort().map(async (path) => {
    const name = relative(directory, path).split(sep).join('/');
    return [name, (await readFile(path, 'utf8')).split('\n')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
