// A tree of programs put together for a check: some files over others, in a directory from which imports still resolve.
import { mkdirSync, symlinkSync, copyFileSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentRun } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes a directory for one lesson, in the run's temp directory, filled with the files of `layers` from the first to the
 * last: a directory, or pairs of path and text. What a later layer has replaces what an earlier one had.
 */
export async function overlay(
  lesson: string,
  ...layers: readonly (string | ReadonlyMap<string, string>)[]
): Promise<string> {
  const base = workbookLike();
  const directory = join(base, 'exercises', lesson);
  await mkdir(directory, { recursive: true });
  for (const layer of layers) {
    if (typeof layer === 'string') {
      for (const name of await readdir(layer))
        await cp(join(layer, name), join(directory, name), { recursive: true });
      continue;
    }
    for (const [path, text] of layer) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  }
  return directory;
}

/** `#todo` and packages are looked for in the folders above a program: here they lead back to the workbook. */
function workbookLike(): string {
  const base = currentRun().directory('overlay');
  copyFileSync(join(root, 'package.json'), join(base, 'package.json'));
  mkdirSync(join(base, 'exercises'));
  for (const name of ['scripts', 'node_modules'])
    symlinkSync(join(root, name), join(base, name), 'dir');
  return base;
}
