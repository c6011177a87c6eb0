// Backs up a directory: copies the regular files that stand in it to another one, by default 备份 in your home.
//
// The task: README.md beside this file. Check it at every save: npm run ex -- backup --watch
// Try it by hand: npm run ex -- backup -- exercises/backup /tmp/备份
import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { todo } from '#todo';
import { backUpFile } from './copy.ts';
import { kindOf, pathOf, visible } from './entry.ts';
import { createProgress } from './progress.ts';
import { isSame, makeWorkshop, removeWorkshop } from './workshop.ts';

/** How many files are worked on at once at most. Large ones wait for one of the four threads that libuv has for that. */
const AT_ONCE = 64;
/** How long this thread may work, in milliseconds, before it hears signals again. */
const TURN = 20;

// Done for you: the main program.
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
// TODO: step 4: end with status 1 if anything has failed: set process.exitCode.

/** The names in the source, as bytes. Done for you: an error here is one line on stderr, and the end. */
function listNames(): Buffer[] {
  try {
    // TODO: step 1: return the names in `source`. readdirSync of node:fs returns Buffers if it is told 'buffer'.
    return todo('step 1: list the names in the source');
  } catch (error) {
    fail(`cannot read ${source}`, error);
  }
}

/** Makes the destination, unless it is there. Returns the directory in it for what is not finished yet. */
function prepare(): string {
  // TODO: step 3: make `destination`, with its parents, unless it is there. If that cannot be done, call fail() as listNames()
  //   does. Put all of this function into the try: makeWorkshop() fails, too, where you may not write.
  // Stays as it is: isSame() says no until you write it in step 4.
  if (isSame(source, destination)) fail(`cannot back up ${source} to itself`);
  return makeWorkshop(destination);
}

/** Done for you: all entries, a few at a time: ten thousand at once would need as many promises, and be no faster. */
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
  const stats = lstatSync(from);
  const kind = kindOf(stats);
  // TODO: step 1: if it is not a file, count it as skipped, and print `skipped <name>: <kind>` on stdout. Print the name as
  //   visible() returns it, and call progress.clear() first: in a terminal the bar may stand in this line.
  // TODO: step 2: if it is a file, wait for backUpFile(): without await its errors would get past your try in step 4. It
  //   returns 'copied' or 'unchanged': count it as that, `counts[…] += 1`.
  // TODO: step 4: if anything of this throws, count it as failed, and print `failed <name>: <why>` on stderr; reasonOf()
  //   tells why. Call progress.clear() first, as in step 1. Then go on as if nothing had happened.
  todo('step 1: skip what is not a file');
  progress.step();
}

/** Leaves nothing unfinished behind. Then the signal does to this program what it does to any: nobody catches it now. */
function stop(signal: NodeJS.Signals): void {
  // TODO: step 5: take the bar away, and the workshop with all that is in it. Then send the signal to yourself, with
  //   process.kill(): it was caught by process.once(), so a second one does what it does to any program.
  todo('step 5: clear up, and end by the signal');
}

// Done for you from here on, but for defaultDestination().

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
    const [source, destination = defaultDestination(), ...rest] = positionals;
    if (source === undefined || rest.length > 0) throw new RangeError('one or two arguments');
    return { source, destination };
  } catch {
    console.error('usage: backup <dir> [dest]');
    process.exit(2);
  }
}

/** Where copies go if nobody says where: 备份 in the home of the user. */
function defaultDestination(): string {
  // TODO: step 3: return the path of 备份 in the home. homedir() of node:os knows where that is; `~` is the shell's word.
  return todo('step 3: find the home of the user');
}
