// The ground that a contest is held on: a directory in memory, where no disk decides, the solutions as plain JavaScript,
// and what is installed here. Everything is cleared away when the benchmark ends, also by Ctrl+C.
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { transform } from 'esbuild';
import { seededRandom } from '../../test/harness/random.ts';
import { currentRun } from '../../test/harness/run.ts';
import { root } from '../lessons.ts';

const MEMORY = '/dev/shm';

/** A directory of its own, in memory where the system has a place for that (tmpfs(5)). */
export function ground(name: string): string {
  if (existsSync(MEMORY)) process.env.TMPDIR = MEMORY;
  return currentRun().directory(name);
}

/** `too little room`, if there is not as much free memory for files as a contest needs; bytes. */
export function lacksRoom(bytes: number): string | undefined {
  const { bavail, bsize } = statfsSync(existsSync(MEMORY) ? MEMORY : '/tmp');
  return bavail * bsize < bytes
    ? `it needs ${Math.ceil(bytes / 2 ** 30)} GiB of room for its files`
    : undefined;
}

/** `rsync is not installed`, if it is not in PATH. */
export function lacks(program: string): string | undefined {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return undefined;
    } catch {
      // Not there, or not to be run: the next directory.
    }
  }
  return `${program} is not installed`;
}

/**
 * The solution of a lesson (or what stands in another directory) as it would be shipped: each `.ts` file without its
 * types, as `.js`, to be run by plain node. Returns the directory.
 */
export async function shipped(
  lesson: string,
  from = join(root, 'solutions', lesson),
): Promise<string> {
  const directory = join(ground(`shipped-${lesson}`), 'program');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  for (const name of await readdir(from)) {
    const source = await readFile(join(from, name), 'utf8');
    const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20' });
    // A file of the same lesson, by import or by URL: './copy-range.ts'.
    const renamed = code.replace(/(["']\.{1,2}\/[\w./-]+)\.ts(["'])/g, '$1.js$2');
    await writeFile(join(directory, name.replace(/\.ts$/, '.js')), renamed);
  }
  return directory;
}

/** The path of a peer: a program in scripts/bench/peers that stands for what a user would take instead. */
export function peer(name: string): string {
  return join(root, 'scripts', 'bench', 'peers', name);
}

/** Writes a file of bytes that repeat only every 16 MiB; `size` is a multiple of that. */
export async function writeNoise(path: string, size: number): Promise<void> {
  const noise = seededRandom(path).bytes(16 * 2 ** 20);
  const file = openSync(path, 'w');
  for (let written = 0; written < size; written += noise.length) writeSync(file, noise);
  closeSync(file);
}

/** The files of a directory with their sizes, as one text: two ways of doing the same work must agree on it. */
export async function inventory(directory: string): Promise<string> {
  const names = (await readdir(directory)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => `${name} ${(await stat(join(directory, name))).size}`),
  );
  return sizes.join('\n');
}
