// The student's keepsakes as the commands use them: `.workbook/` opened once, its warnings said once, and a trouble with
// it never in the way of a run.
import { join } from 'node:path';
import {
  appendEvent,
  readAnswers,
  readProgress,
  type LessonProgress,
  type QuizAnswer,
  type WorkbookEvent,
} from './journal.ts';
import { placesOf, root, type Lesson } from './lessons.ts';
import { warn } from './screen.ts';
import { takeSnapshot } from './snapshots.ts';
import { openWorkbookDir } from './workbook-dir.ts';

export interface Keepsakes {
  readonly directory: string;
  readonly writable: boolean;
  /** The progress of every lesson that was ever started. */
  progress(): Promise<ReadonlyMap<string, LessonProgress>>;
  /** All answers to the quiz, the oldest first. */
  answers(): Promise<readonly QuizAnswer[]>;
  /** Notes an event in the journal; says so once if that cannot be done. */
  note(event: NewEvent): Promise<void>;
  /** Keeps a copy of the files of a lesson, if they have changed; says so once if that cannot be done. */
  snapshot(lesson: Lesson, why: string): Promise<void>;
}

/** An event without its time. */
type NewEvent = WorkbookEvent extends infer Each
  ? Each extends WorkbookEvent
    ? Omit<Each, 'time'>
    : never
  : never;

export async function openKeepsakes(): Promise<Keepsakes> {
  const { path, warnings, writable } = await openWorkbookDir(join(root, '.workbook'));
  // What is wrong with the journal is found again at each reading, until it can be mended.
  const told = new Set<string>();
  const tell = (lines: readonly string[]) => {
    warn(...lines.filter((line) => !told.has(line)));
    for (const line of lines) told.add(line);
  };
  tell(warnings);
  let said = !writable;

  async function attempt(action: () => Promise<unknown>): Promise<void> {
    if (!writable) return;
    try {
      const more = await action();
      if (Array.isArray(more)) warn(...(more as string[]));
    } catch (error) {
      // Its message is one sentence for the student; anything else is a fault of ours.
      if (!(error instanceof Error) || error.cause === undefined) throw error;
      if (!said) warn(error.message);
      said = true;
    }
  }

  return {
    directory: path,
    writable,
    async progress() {
      const { lessons, warnings } = await readProgress(path);
      tell(warnings);
      return lessons;
    },
    async answers() {
      const { answers, warnings } = await readAnswers(path);
      tell(warnings);
      return answers;
    },
    note: (event) =>
      attempt(() =>
        appendEvent(path, { ...event, time: new Date().toISOString() } as WorkbookEvent),
      ),
    snapshot: (lesson, why) =>
      attempt(async () => {
        await takeSnapshot(path, lesson.name, join(root, placesOf(lesson).starter), why);
      }),
  };
}
