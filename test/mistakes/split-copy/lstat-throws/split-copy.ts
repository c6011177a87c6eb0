// Copies a file in two halves, by two processes at once: 故事.txt becomes 故事.txt.part1 and 故事.txt.part2.
//
// Try it:
//   npm run ex -- split-copy --solution -- README.md halves
import { lstatSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyAtOnce, CopyFailed, Interrupted, report, type Job } from './children.ts';

const { source, directory } = readArguments();

try {
  const jobs = halves(sizeOf(source));
  for (const { target } of jobs) refuseSource(target);
  mkdirSync(directory, { recursive: true });
  report(jobs, await copyBoth(jobs));
} catch (error) {
  const { code, path, message } = error as NodeJS.ErrnoException;
  // Nobody listens for the signal any more: this time it ends the program, and the shell is told the true reason.
  if (error instanceof Interrupted) process.kill(process.pid, error.message);
  else if (error instanceof CopyFailed) fail(message);
  else if (code !== undefined) fail(`${path ?? source}: ${code}`);
  else throw error;
}

/** The two halves of a file of `size` bytes. Each ends where the next one begins, so no byte is lost and none is in both. */
function halves(size: number): Job[] {
  const middle = Math.floor(size / 2);
  return [part(1, 0, middle), part(2, middle, size)];
}

function part(number: 1 | 2, start: number, end: number): Job {
  const name = `${basename(source)}.part${number}`;
  return { name, source, target: join(directory, name), start, end, at: 0 };
}

/** The size of a regular file, in bytes; a symbolic link is followed. A pipe has no size, and a directory no halves. */
function sizeOf(file: string): number {
  const stats = statSync(file);
  if (!stats.isFile()) throw new CopyFailed(`${file}: not a regular file`);
  return stats.size;
}

/** Throws if `target` is the source itself under another name: it would be removed before it is read. */
function refuseSource(target: string): void {
  const there = lstatSync(target);
  const { dev, ino } = statSync(source);
  if (there.dev === dev && there.ino === ino)
    throw new CopyFailed(`${target}: this is the source itself`);
}

/** Copies both halves, or leaves none: half of a copy is worse than no copy, since it looks like one. */
async function copyBoth(jobs: readonly Job[]): Promise<number[]> {
  remove(jobs); // what is left of an earlier run may be longer
  try {
    return await copyAtOnce(jobs);
  } catch (error) {
    remove(jobs);
    throw error;
  }
}

/** Removes the parts. One that is a symbolic link is removed itself, and not followed: it could lead to the source. */
function remove(jobs: readonly Job[]): void {
  for (const { target } of jobs) rmSync(target, { force: true });
}

function fail(message: string): void {
  console.error(`split-copy: ${message}`);
  process.exitCode = 1;
}

function readArguments(): { source: string; directory: string } {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [source, directory, ...rest] = positionals;
    if (source === undefined || directory === undefined || rest.length > 0)
      throw new RangeError('two arguments');
    return { source, directory };
  } catch {
    console.error('usage: split-copy <file> <outdir>');
    process.exit(2);
  }
}
