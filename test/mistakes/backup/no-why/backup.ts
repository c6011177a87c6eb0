// Says that it cannot write, and not why.
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { backUpFile } from './copy.ts';
import { kindOf, pathOf, visible } from './entry.ts';
import { createProgress } from './progress.ts';
import { isSame, makeWorkshop, removeWorkshop } from './workshop.ts';

/** How many files are worked on at once at most. Large ones wait for one of the four threads that libuv has for that. */
const AT_ONCE = 64;
/** How long this thread may work, in milliseconds, before it hears signals again. */
const TURN = 20;

const { source, destination } = readArguments();
const counts = { copied: 0, unchanged: 0, skipped: 0, failed: 0 };
const names = listNames();
const workshop = prepare();
const progress = createProgress(names.length);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);

await backUpAll();
removeWorkshop(workshop);
progress.clear();
const { copied, unchanged, skipped, failed } = counts;
console.log(`copied ${copied}, unchanged ${unchanged}, skipped ${skipped}, failed ${failed}`);
process.exitCode = failed > 0 ? 1 : 0;

/** The names in the source, as bytes. */
function listNames(): Buffer[] {
  try {
    return readdirSync(source, 'buffer');
  } catch (error) {
    fail(`cannot read ${source}`, error);
  }
}

/** Makes the destination, unless it is there. Returns the directory in it for what is not finished yet. */
function prepare(): string {
  try {
    mkdirSync(destination, { recursive: true }); // its parents too
    if (isSame(source, destination)) fail(`cannot back up ${source} to itself`);
    return makeWorkshop(destination);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    fail(`cannot write to ${destination}`);
  }
}

/** All entries, a few at a time: ten thousand at once would need as many promises, and be no faster. */
async function backUpAll(): Promise<void> {
  const underway = new Set<Promise<void>>();
  let began = performance.now();
  for (const [index, name] of names.entries()) {
    const one = backUpEntry(name, `${workshop}/${index}`).finally(() => underway.delete(one));
    underway.add(one);
    if (underway.size === AT_ONCE) await Promise.race(underway);
    if (performance.now() - began < TURN) continue;
    await setImmediate();
    began = performance.now();
  }
  await Promise.all(underway);
}

/** One entry, whatever it is. What goes wrong with it is told, and the others go on. */
async function backUpEntry(name: Buffer, unfinished: string): Promise<void> {
  const from = pathOf(source, name);
  try {
    const stats = lstatSync(from); // of the entry itself: stat would follow a link to anywhere
    if (stats.isFile()) {
      counts[await backUpFile(from, pathOf(destination, name), stats, unfinished)] += 1;
    } else {
      counts.skipped += 1;
      progress.clear();
      console.log(`skipped ${visible(name)}: ${kindOf(stats)}`);
    }
  } catch (error) {
    counts.failed += 1;
    progress.clear();
    console.error(`failed ${visible(name)}: ${reasonOf(error)}`);
  }
  progress.step();
}

/** Leaves nothing unfinished behind. Then the signal does to this program what it does to any: nobody catches it now. */
function stop(signal: NodeJS.Signals): void {
  progress.clear();
  removeWorkshop(workshop);
  process.kill(process.pid, signal);
}

/** Of `EACCES: permission denied, open '密码.txt'` the part that is for people. What is no error of the system is thrown. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return message.split(',')[0] ?? code;
}

function fail(what: string, error?: unknown): never {
  const why = error === undefined ? '' : `: ${reasonOf(error)}`;
  console.error(`backup: ${what}${why}`);
  process.exit(1);
}

function readArguments(): { source: string; destination: string } {
  try {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [source, destination = join(homedir(), '备份'), ...rest] = positionals;
    if (source === undefined || rest.length > 0) throw new RangeError('one or two arguments');
    return { source, destination };
  } catch {
    console.error('usage: backup <dir> [dest]');
    process.exit(2);
  }
}
