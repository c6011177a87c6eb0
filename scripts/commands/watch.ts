// `npm run ex -- <lesson> --watch`: a save is answered at once. The process stays warm, so that a save costs one
// transformation and one start of plain node; a save during a run cancels it and starts again; a key is always answered.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, watch as watchDirectory } from 'node:fs';
import { join } from 'node:path';
import { emitKeypressEvents, type Key } from 'node:readline';
import { Cancelled } from '../../test/harness/check.ts';
import { holdsUp } from '../../test/harness/failure.ts';
import { drawLadder } from '../../test/harness/ladder.ts';
import { subjectIn } from '../../test/harness/lesson.ts';
import { runSuite, type LessonResult } from '../../test/harness/suite.ts';
import { newSeed } from '../../test/harness/trial.ts';
import { openKeepsakes } from '../keepsakes.ts';
import { lessons, loadChecks, placesOf, root, type Lesson } from '../lessons.ts';
import { colour, columns, paint, print } from '../screen.ts';
import { typeErrors } from '../type-errors.ts';
import { diffWithSolution } from './diff.ts';
import { nextHint } from './hint.ts';
import { printPlaces } from './run.ts';
import { createPrinter, isReadable, noteResult, printTypeErrors } from './test.ts';

/** Editors write a file in several steps: wait this long, in milliseconds, for the last of them. */
const DEBOUNCE = 15;
/** Some file systems never announce a change (network mounts, WSL on Windows drives): look as often as this as well. */
const POLL = 1_000;
/** In a terminal the ladder of a failure is short, `t` shows the whole of it. */
const ROWS = 12;

export interface WatchOptions {
  readonly seed?: string;
}

/** Watches one lesson until `q`, Ctrl+C or the end. Resolves with the exit status. */
export async function watch(first: Lesson, options: WatchOptions): Promise<number> {
  const keepsakes = await openKeepsakes();
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  let lesson = first;
  let watched = watchLesson(lesson, changed);
  let running: { abort: AbortController; done: Promise<void> } | undefined;
  let latest: LessonResult | undefined;
  let diffAsked = false;
  let quit: (status: number) => void = () => {};
  const ended = new Promise<number>((resolve) => (quit = resolve));

  printPlaces(lesson);
  if (terminal) listenToKeys(key);
  process.once('SIGTERM', () => quit(143));
  process.once('SIGINT', () => quit(130));
  start();
  const status = await ended;
  watched.close();
  await cancel();
  return status;

  function changed(): void {
    start();
  }

  function start(): void {
    const before = cancel();
    const abort = new AbortController();
    running = { abort, done: before.then(() => once(abort.signal)) };
    running.done.catch((error: unknown) => {
      // A fault of the workbook itself: leave the terminal in order, then let it crash.
      quit(1);
      throw error;
    });
  }

  async function cancel(): Promise<void> {
    running?.abort.abort();
    await running?.done;
  }

  async function once(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const seed = options.seed ?? newSeed();
    const checks = loadChecks(lesson);
    if (terminal) process.stdout.write('\x1b[2J\x1b[3J\x1b[H');
    else print('', `── ${lesson.name}`);
    try {
      const printer = createPrinter(checks, {
        solution: false,
        seed,
        ...(terminal ? { rows: ROWS, fold: true } : {}),
      });
      const snapshot = keepsakes.snapshot(lesson, 'test');
      const result = await runSuite(checks, subjectIn('exercises', lesson.name), {
        seed,
        extent: 'until-failure',
        signal,
        onResult: printer.result,
      });
      latest = result;
      printer.end(result);
      await snapshot;
      await noteResult(keepsakes, result);
      const types = await typeErrors(placesOf(lesson).starter, signal);
      if (signal.aborted) return;
      if (isReadable(result)) printTypeErrors(types.lines);
      printKeys();
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      print(paint.dim('  … saved again'));
    }
  }

  function printKeys(): void {
    if (!terminal) return;
    const next = done() ? paint.bold('n next lesson') : 'n next lesson';
    const diff = done() ? paint.bold('d compare with the solution') : 'd compare';
    print('', paint.dim(`  h hint · t whole ladder · ${diff} · ${next} · r run again · q quit`));
  }

  function done(): boolean {
    return latest !== undefined && latest.passedSteps === latest.steps.length;
  }

  function key(name: string): void {
    if (name === 'q') quit(0);
    else if (name === 'r') start();
    else if (name === 'n') void goOn();
    else void answer(name);
  }

  /** Keys that print something, and then the keys again, so that they are never out of sight. */
  async function answer(name: string): Promise<void> {
    if (name === 'h') print('', ...(await nextHint(lesson, keepsakes)));
    else if (name === 't') print('', ...wholeLadder());
    else if (name === 'd') showDiff();
    printKeys();
  }

  function wholeLadder(): string[] {
    const failed = latest?.checks.find(({ verdict }) => holdsUp(verdict)) ?? latest?.checks.at(-1);
    if (!failed) return [paint.dim('  no check has ended yet')];
    return [
      paint.bold(`  ${failed.title}`),
      '',
      ...drawLadder(failed.exchange, { width: columns(), colour }),
    ];
  }

  function showDiff(): void {
    if (!done() && !diffAsked) {
      diffAsked = true;
      print(
        '',
        paint.yellow(
          '  Not all steps pass yet, and the solution shows all of them. Press d again to see it, or h for a hint.',
        ),
      );
      return;
    }
    void keepsakes.note({ lesson: lesson.name, event: 'diff-asked' });
    print('', ...diffWithSolution(lesson));
  }

  async function goOn(): Promise<void> {
    const next = lessons[lessons.indexOf(lesson) + 1];
    if (!next) {
      print('', '  This is the last lesson.');
      return;
    }
    await cancel();
    watched.close();
    lesson = next;
    latest = undefined;
    diffAsked = false;
    watched = watchLesson(lesson, changed);
    start();
  }
}

/** Calls `changed` when the content of a file of the lesson is another than before. */
function watchLesson(lesson: Lesson, changed: () => void): { close(): void } {
  const directory = join(root, placesOf(lesson).starter);
  let before = fingerprint(directory);
  let pending: NodeJS.Timeout | undefined;
  const look = () => {
    const now = fingerprint(directory);
    if (now === before) return;
    before = now;
    changed();
  };
  const announced = () => {
    clearTimeout(pending);
    pending = setTimeout(look, DEBOUNCE);
  };
  const watcher = watchDirectory(directory, announced);
  // A watcher that fails (ENOSPC: too many of them) leaves the polling below.
  watcher.on('error', () => watcher.close());
  const polling = setInterval(look, POLL);
  return {
    close() {
      clearTimeout(pending);
      clearInterval(polling);
      watcher.close();
    },
  };
}

/** A hash of the names and contents of a directory's files. */
function fingerprint(directory: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(directory).sort()) {
    hash.update(`${name}\0`);
    try {
      hash.update(readFileSync(join(directory, name)));
    } catch (error) {
      // A file between two names, as an editor saves it, or a directory.
      if (!['ENOENT', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return hash.digest('hex');
}

/** Single keys, without Enter. Ctrl+C is a key too while the terminal is in this mode. */
function listenToKeys(key: (name: string) => void): void {
  emitKeypressEvents(process.stdin);
  process.stdin.setRawMode(true);
  process.stdin.on('keypress', (_text: string, { name, ctrl }: Key) => {
    if (ctrl && (name === 'c' || name === 'd')) process.kill(process.pid, 'SIGINT');
    else if (name) key(name);
  });
  process.once('exit', () => process.stdin.setRawMode(false));
  process.stdin.resume();
}
