// Puts the halves of a file back together, by two processes at once that write into the same file.
//
// Try it:
//   npm run ex -- split-copy --solution -- README.md halves
//   npm run ex -- split-copy join --solution -- halves/README.md.part1 halves/README.md.part2 README.copy.md
import { renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { copyAtOnce, CopyFailed, Interrupted, report, type Job } from './children.ts';

const { parts, target } = readArguments();
// Written beside the target and renamed when it is whole: whoever looks at the target sees the old file or the new one,
// and never a file with a hole. A rename within one directory is one step of the file system: see rename(2).
const unfinished = `${target}.joining`;

try {
  const jobs = behindEachOther(parts);
  report(jobs, await copyBoth(jobs));
} catch (error) {
  const { code, path, message } = error as NodeJS.ErrnoException;
  // Nobody listens for the signal any more: this time it ends the program, and the shell is told the true reason.
  if (error instanceof Interrupted) process.kill(process.pid, error.message);
  else if (error instanceof CopyFailed) fail(message);
  else if (code !== undefined) fail(`${path ?? target}: ${code}`);
  else throw error;
}

/** One job for each part, whole. The second goes to where the first one ends. */
function behindEachOther(parts: readonly string[]): Job[] {
  let at = 0;
  return parts.map((source) => {
    const size = sizeOf(source);
    const job = { name: basename(source), source, target: unfinished, start: 0, end: size, at };
    at += size;
    return job;
  });
}

/** The size of a part, in bytes. Throws if it is no regular file, or one of the files that the join replaces. */
function sizeOf(part: string): number {
  const stats = statSync(part);
  if (!stats.isFile()) throw new CopyFailed(`${part}: not a regular file`);
  for (const path of [target, unfinished]) {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.dev === stats.dev && there.ino === stats.ino)
      throw new CopyFailed(`${path}: this is one of the parts`);
  }
  return stats.size;
}

/** Writes both parts into the unfinished file and makes it the target, or leaves nothing of it. */
async function copyBoth(jobs: readonly Job[]): Promise<number[]> {
  rmSync(unfinished, { force: true }); // left by a run that was killed
  try {
    const pids = await copyAtOnce(jobs);
    renameSync(unfinished, target);
    return pids;
  } catch (error) {
    rmSync(unfinished);
    throw error;
  }
}

function fail(message: string): void {
  console.error(`join: ${message}`);
  process.exitCode = 1;
}

function readArguments(): { parts: readonly string[]; target: string } {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [part1, part2, target, ...rest] = positionals;
    if (part1 === undefined || part2 === undefined || target === undefined || rest.length > 0)
      throw new RangeError('three files');
    return { parts: [part1, part2], target };
  } catch {
    console.error('usage: join <part1> <part2> <target>');
    process.exit(2);
  }
}
