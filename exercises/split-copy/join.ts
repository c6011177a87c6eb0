// Puts the halves of a file back together, by two processes at once that write into the same file.
//
// The task: step 5 of README.md beside this file.
// Try it by hand: npm run ex -- split-copy join -- halves/README.md.part1 halves/README.md.part2 README.copy.md
import { renameSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { copyAtOnce, CopyFailed, Interrupted, report, type Job } from './children.ts';

const { parts, target } = readArguments();
// Written beside the target and renamed when it is whole: whoever looks at the target sees the old file or the new one,
// and never a file with a hole. A rename within one directory is one step of the file system: see rename(2).
const unfinished = `${target}.joining`;

// Done for you: one line on stderr for what can go wrong.
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
  // TODO: step 5: a job for each part: from its first byte to its last, into the unfinished file, at the position where the
  //   part before it ends. sizeOf() below tells how many bytes a part has.
  todo('step 5: say where each part goes');
}

/** The size of a part, in bytes. Throws if it is no regular file, or one of the files that the join replaces. */
function sizeOf(part: string): number {
  const stats = statSync(part);
  if (!stats.isFile()) throw new CopyFailed(`${part}: not a regular file`); // done for you
  // TODO: step 5: compare `dev` and `ino` with those of the target and of the unfinished file, if they are there. If one of
  //   them is this part: throw new CopyFailed(`${target}: this is one of the parts`).
  return stats.size;
}

/** Writes both parts into the unfinished file and makes it the target, or leaves nothing of it. */
async function copyBoth(jobs: readonly Job[]): Promise<number[]> {
  // TODO: step 5: remove an unfinished file that a killed run has left. Copy both parts at once. Then give the unfinished file
  //   the name of the target: one rename, which replaces what was there. Return the process ids.
  // TODO: step 5: if anything of this fails, remove the unfinished file, and throw on. The old target stays as it was.
  todo('step 5: write both parts, then rename');
}

// Done for you from here on: the message, and the command line.

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
