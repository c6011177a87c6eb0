// A student's progress: an append-only journal, `.workbook/journal.jsonl`, one JSON event a line; the state is a fold of it.
//
// Two runners may write and repair at once, and any of them may be killed at any point. No lock is held; instead:
// - A line is appended by ONE write(2) on a file opened with O_APPEND. open(2): "the modification of the file offset and
//   the write operation are performed as a single atomic step". So lines of two runners never mix. (Not so on NFS.)
// - Whoever finds damage renames the journal to `journal.moving-*`, appends its good lines to a fresh journal, then
//   renames it to `journal.damaged-*`. A runner killed half way leaves the `moving` file, and the next reader goes on.
// - A writer that held the file open while it was renamed sees afterwards that the name means another file, and appends
//   its line again. Every line has an `id`, and a line that is there twice counts once.
// So no event is lost once `appendEvent` has returned, short of a power cut: lines are not forced to the disk (fsync).
import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants, lstat, open, readdir, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ignoring, makeDirectory, refusal, refused, timeForNames } from './workbook-dir.ts';

/** `time` is ISO 8601; a hint's `step` counts from 1; `passedSteps` of `steps` are passed, for `points` points. */
export type WorkbookEvent =
  | { time: string; lesson: string; event: 'run'; program: string }
  | {
      time: string;
      lesson: string;
      event: 'test';
      tree: 'exercises';
      passedSteps: number;
      steps: number;
      points: number;
    }
  | { time: string; lesson: string; event: 'hint'; step: number; rung: 1 | 2 | 3 | 4 }
  | { time: string; lesson: string; event: 'diff-asked' }
  | QuizAnswer;

/** An item of the quiz was answered. It belongs to no lesson: who answers a question about one has not begun it. */
export type QuizAnswer = { time: string; event: 'answer'; item: string; right: boolean };

export type LessonProgress = {
  /** Any event of this lesson is in the journal. */
  started: boolean;
  /** Of the latest test. */
  passedSteps: number;
  /** The most steps that any test passed. */
  bestSteps: number;
  /** Of the latest test. */
  steps: number;
  /** Of the latest test. */
  points: number;
  /** The time of the first test that passed every step; a later failure does not take it back. */
  doneAt?: string;
  /** The highest rung that was shown, for each step. */
  hints: Map<number, number>;
  /** How often the student asked for the difference to the solution. */
  diffAsked: number;
};

type Progress = { lessons: Map<string, LessonProgress>; warnings: string[] };
type LessonEvent = Exclude<WorkbookEvent, QuizAnswer>;
type Line = { bytes: Buffer; event: { event: string } & Record<string, unknown> };
type Journal = { lines: Line[]; damaged: number[]; foreign: boolean };

const NAME = 'journal.jsonl';
const MOVING = 'journal.moving-';
const DAMAGED = 'journal.damaged-';
const NEWLINE = 0x0a;

/** What each known event must hold. An event that is not named here was written by a newer workbook. */
const SHAPES: Record<WorkbookEvent['event'], (event: Record<string, unknown>) => boolean> = {
  run: ({ program }) => typeof program === 'string',
  test: ({ tree, passedSteps, steps, points }) =>
    typeof tree === 'string' && [passedSteps, steps, points].every(isCount),
  hint: ({ step, rung }) => isCount(step) && isCount(rung) && rung >= 1 && rung <= 4,
  'diff-asked': () => true,
  answer: ({ time, item, right }) =>
    typeof item === 'string' && typeof right === 'boolean' && !Number.isNaN(Date.parse(`${time}`)),
};

/**
 * Appends one event as one line to the journal in `dir`, which is made where it is missing.
 *
 * Returns warnings, nearly always none: something that is no file and stood in the journal's place was set aside.
 * Throws an Error of one sentence, with the system's error as `cause`, when the disk is full or the place cannot be written.
 */
export async function appendEvent(dir: string, event: WorkbookEvent): Promise<string[]> {
  if (!isEvent(event)) throw new TypeError(`not an event: ${JSON.stringify(event)}`);
  const line = JSON.stringify({ ...event, id: randomBytes(9).toString('base64url') });
  try {
    return await append(dir, Buffer.from(`${line}\n`));
  } catch (error) {
    throw refused(`Progress could not be written to ${join(dir, NAME)}`, error);
  }
}

/**
 * Reads the journal in `dir` and folds it into the state of each lesson; an absent journal is an empty one.
 *
 * Damage is never an error. A damaged journal is kept as `journal.damaged-<time>-<pid>-<random>.jsonl`, its good lines
 * stand in a fresh journal, and `warnings` says so in a sentence. Where that cannot be done (disk full, read-only), the
 * good lines count all the same, and a warning says why.
 *
 * About a last line without a newline: when it is a whole event it counts (a killed run lost the newline; the next append
 * adds it). Otherwise it is a write seen half way, which is rare (it crosses a page) and over within microseconds, or the
 * remains of a killed run or a full disk. So the journal is read again for 50 ms; what is then still torn is damage. Should
 * that ever be wrong, nothing is lost: the writer notices the rename and appends its line again.
 */
export async function readProgress(dir: string): Promise<Progress> {
  const { lines, warnings } = await readLines(dir);
  return { lessons: fold(lines), warnings };
}

/** The answers to the quiz, in the order of their times: of two runners at once, either may be first in the journal. */
export async function readAnswers(
  dir: string,
): Promise<{ answers: QuizAnswer[]; warnings: string[] }> {
  const { lines, warnings } = await readLines(dir);
  const answers = knownEvents(lines).filter((event) => event.event === 'answer');
  return {
    answers: answers.sort((a, b) => Date.parse(a.time) - Date.parse(b.time)),
    warnings,
  };
}

/** All good lines, after damage was put aside: see `readProgress`. */
async function readLines(dir: string): Promise<{ lines: Line[]; warnings: string[] }> {
  const warnings: string[] = [];
  let unsettled: Line[] = [];
  try {
    for (let round = 1; ; round += 1) {
      unsettled = [];
      for (const name of await movedJournals(dir)) {
        unsettled.push(...(await settle(dir, name, warnings)));
      }
      const journal = await readSettledTail(join(dir, NAME));
      // The next round settles what was moved. A runner that keeps leaving torn lines is not followed for ever.
      const again = isDamaged(journal) && round < 5 && (await takeAway(dir, journal, warnings));
      if (!again) return { lines: [...unsettled, ...journal.lines], warnings };
    }
  } catch (error) {
    const reason = refusal(error);
    if (!reason) throw error;
    warnings.push(`The progress in ${join(dir, NAME)} could not be read: ${reason}.`);
    return { lines: unsettled, warnings };
  }
}

/** The known events of these lines. A line whose `id` was seen before is the same line, and counts once. */
function knownEvents(lines: Line[]): WorkbookEvent[] {
  const seen = new Set<unknown>();
  return lines.flatMap(({ event }) => {
    if (!isKnown(event) || seen.has(event['id'])) return [];
    if (event['id'] !== undefined) seen.add(event['id']);
    return [event];
  });
}

/** The state of the lessons after these lines, in their order. */
function fold(lines: Line[]): Map<string, LessonProgress> {
  const lessons = new Map<string, LessonProgress>();
  for (const event of knownEvents(lines)) {
    if (event.event === 'answer') continue;
    const before = lessons.get(event.lesson) ?? notStarted();
    lessons.set(event.lesson, after({ ...before, started: true }, event));
  }
  return lessons;
}

function after(lesson: LessonProgress, event: LessonEvent): LessonProgress {
  switch (event.event) {
    case 'run':
      return lesson;
    case 'test': {
      const { passedSteps, steps, points } = event;
      const bestSteps = Math.max(lesson.bestSteps, passedSteps);
      const done = steps > 0 && passedSteps >= steps ? { doneAt: event.time } : {};
      // The lesson comes after `done`: the first time stands.
      return { ...done, ...lesson, passedSteps, bestSteps, steps, points };
    }
    case 'hint': {
      const rung = Math.max(lesson.hints.get(event.step) ?? 0, event.rung);
      return { ...lesson, hints: new Map(lesson.hints).set(event.step, rung) };
    }
    case 'diff-asked':
      return { ...lesson, diffAsked: lesson.diffAsked + 1 };
  }
}

function notStarted(): LessonProgress {
  return {
    started: false,
    passedSteps: 0,
    bestSteps: 0,
    steps: 0,
    points: 0,
    hints: new Map(),
    diffAsked: 0,
  };
}

/** Appends whole lines, again and again until the file they went to still has the journal's name. */
async function append(dir: string, lines: Buffer): Promise<string[]> {
  const path = join(dir, NAME);
  const warnings: string[] = [];
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const file = await openToAppend(path);
    if (!file) {
      const aside = await makeDirectory(dir);
      if (aside) {
        warnings.push(`What stood at ${dir} is no directory; it is now ${basename(aside)}.`);
      }
      const moved = (await isForeign(path)) ? await moveAway(dir) : undefined;
      if (moved) await settle(dir, moved, warnings);
      continue;
    }
    try {
      const written = await appendTo(file, lines);
      const named = await stat(path, { bigint: true }).catch(ignoring('ENOENT'));
      if (named?.ino === written.ino && named.dev === written.dev) return warnings;
    } finally {
      await file.close();
    }
  }
  throw new Error(`${path} was renamed again and again while a line was appended to it`);
}

/** The journal, opened with O_APPEND and made where it is missing; undefined when its place is missing or taken. */
async function openToAppend(path: string): Promise<FileHandle | undefined> {
  // O_NONBLOCK: a FIFO that stands here must not stop the runner.
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(
    ignoring('ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENXIO'),
  );
  if (!file || (await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

/** One write(2), that starts on a line of its own even after the torn line of a killed run. Returns the file's identity. */
async function appendTo(file: FileHandle, lines: Buffer): Promise<BigIntStats> {
  const status = await file.stat({ bigint: true });
  const last = Buffer.alloc(1);
  if (status.size > 0n) await file.read(last, 0, 1, Number(status.size) - 1);
  // A line that is being written at this moment looks torn too; then an empty line comes between, which readers skip.
  const torn = status.size > 0n && last[0] !== NEWLINE;
  const bytes = torn ? Buffer.concat([Buffer.from('\n'), lines]) : lines;
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten < bytes.length) {
    // write(2) writes less than asked when the room ends there. A second write would not be one step any more.
    const short = `only ${bytesWritten} of ${bytes.length} bytes were written`;
    throw Object.assign(new Error(short), { code: 'ENOSPC' });
  }
  return status;
}

async function movedJournals(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(ignoring('ENOENT', 'ENOTDIR'));
  return (names ?? []).filter((name) => name.startsWith(MOVING)).sort();
}

/** Moves a damaged journal away; when that is refused it stays, with a warning. True when there may be one to settle. */
async function takeAway(dir: string, journal: Journal, warnings: string[]): Promise<boolean> {
  try {
    await moveAway(dir);
    return true;
  } catch (error) {
    const reason = refusal(error);
    if (!reason) throw error;
    warnings.push(`${whatIsDamaged(journal)}; it stays as it is for now (${reason}).`);
    return false;
  }
}

/** Takes the journal's name away: only one runner can, for rename(2) is atomic. Undefined when another was faster. */
async function moveAway(dir: string): Promise<string | undefined> {
  const unique = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const name = `${MOVING}${timeForNames()}-${unique}.jsonl`;
  try {
    await rename(join(dir, NAME), join(dir, name));
    return name;
  } catch (error) {
    return ignoring('ENOENT')(error);
  }
}

/**
 * Appends the good lines of a moved journal to the present one, then gives it its last name. May be done twice, or by two
 * runners at once: lines that are there already are left out, and repeated ones count once.
 * Returns the lines that could not be appended.
 */
async function settle(dir: string, name: string, warnings: string[]): Promise<Line[]> {
  const moved = await readSettledTail(join(dir, name));
  const present = await readSettledTail(join(dir, NAME));
  const there = new Set(present.lines.map(({ bytes }) => bytes.toString()));
  const missing = moved.lines.filter(({ bytes }) => !there.has(bytes.toString()));
  try {
    if (missing.length > 0) {
      const lines = missing.flatMap(({ bytes }) => [bytes, Buffer.from('\n')]);
      warnings.push(...(await append(dir, Buffer.concat(lines))));
    }
    const kept = name.replace(MOVING, DAMAGED);
    await rename(join(dir, name), join(dir, kept));
    const going = moved.foreign ? 'a new one is started' : 'its other lines go on counting';
    warnings.push(`${whatIsDamaged(moved)}; it is kept as ${kept}, and ${going}.`);
    return [];
  } catch (error) {
    const reason = refusal(error);
    if (!reason) {
      ignoring('ENOENT')(error);
      return [];
    }
    warnings.push(
      `${whatIsDamaged(moved)}; it is kept as ${name} until it can be repaired (${reason}).`,
    );
    return missing;
  }
}

function whatIsDamaged({ damaged, foreign }: Journal): string {
  if (foreign) return `What stood in the place of the progress journal ${NAME} is no file`;
  if (damaged.length === 0) return `The progress journal ${NAME} was in the middle of a repair`;
  const first = damaged.slice(0, 5).join(', ');
  const more = damaged.length > 5 ? ` and ${damaged.length - 5} more` : '';
  const lines = damaged.length === 1 ? 'Line' : 'Lines';
  return `${lines} ${first}${more} of the progress journal ${NAME} could not be understood`;
}

function isDamaged({ damaged, foreign }: Journal): boolean {
  return foreign || damaged.length > 0;
}

/** Reads a journal. While its last line is torn, it is read again for 50 ms: see `readProgress`. */
async function readSettledTail(path: string): Promise<Journal> {
  for (let rest = 5; ; rest -= 1) {
    const bytes = await readJournal(path);
    if (bytes === 'foreign') return { lines: [], damaged: [], foreign: true };
    const torn = bytes.length > 0 && bytes.at(-1) !== NEWLINE;
    if (!torn || rest === 0 || eventOf(bytes.subarray(bytes.lastIndexOf(NEWLINE) + 1))) {
      return parse(bytes);
    }
    await pause(10);
  }
}

/** The bytes of the journal, none when it is absent; `foreign` when something else than a file stands there. */
async function readJournal(path: string): Promise<Buffer | 'foreign'> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    ignoring('ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'),
  );
  if (!file) return (await isForeign(path)) ? 'foreign' : Buffer.alloc(0);
  try {
    return (await file.stat()).isFile() ? await file.readFile() : 'foreign';
  } finally {
    await file.close();
  }
}

/** Something stands there, and it is no file. A dangling link can be seen, but not opened. */
async function isForeign(path: string): Promise<boolean> {
  const standing =
    (await stat(path).catch(ignoring('ENOENT', 'ENOTDIR', 'ELOOP'))) ??
    (await lstat(path).catch(ignoring('ENOENT', 'ENOTDIR')));
  return standing !== undefined && !standing.isFile();
}

function parse(bytes: Buffer): Journal {
  const journal: Journal = { lines: [], damaged: [], foreign: false };
  let start = 0;
  for (let number = 1; start < bytes.length; number += 1) {
    const newline = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, newline < 0 ? bytes.length : newline);
    start += line.length + 1;
    const event = eventOf(line);
    if (event) {
      journal.lines.push({ bytes: line, event });
    } else if (line.toString().trim() !== '') {
      journal.damaged.push(number);
      journal.lines.push(...gluedLine(line));
    }
  }
  return journal;
}

/**
 * The whole event behind a torn one, where a write was cut short between another writer's look at the last byte and its
 * own write. It starts at the last `{"`: known events hold no objects, and JSON writes the same in a string as `{\"`.
 */
function gluedLine(line: Buffer): Line[] {
  const start = line.lastIndexOf('{"');
  const bytes = line.subarray(start);
  const event = start > 0 ? eventOf(bytes) : undefined;
  return event && hasShape(event.event) && event['id'] !== undefined ? [{ bytes, event }] : [];
}

/** The event of one line; undefined for anything else. Invalid UTF-8 is damage even where JSON would let it pass. */
function eventOf(line: Buffer): Line['event'] | undefined {
  if (!isUtf8(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line.toString());
    return isEvent(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A known event in its shape, or an event of a newer workbook, which only has to say its name. */
function isEvent(value: unknown): value is Line['event'] {
  if (typeof value !== 'object' || value === null || !('event' in value)) return false;
  const { event, ...rest }: Record<string, unknown> = { ...value };
  if (typeof event !== 'string' || event === '') return false;
  if (!hasShape(event)) return true;
  const placed = event === 'answer' || typeof rest['lesson'] === 'string';
  return typeof rest['time'] === 'string' && placed && SHAPES[event](rest);
}

/** A test of another tree than the student's own is no progress. */
function isKnown(event: Line['event']): event is Line['event'] & WorkbookEvent {
  return hasShape(event.event) && (event.event !== 'test' || event['tree'] === 'exercises');
}

function hasShape(event: string): event is WorkbookEvent['event'] {
  return Object.hasOwn(SHAPES, event);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
