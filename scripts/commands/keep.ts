// `reset`, `undo` and `history`: the student's own versions of a lesson, none of which can be lost.
import { join } from 'node:path';
import { openKeepsakes } from '../keepsakes.ts';
import { findLesson, placesOf, root, type Lesson } from '../lessons.ts';
import { paint, print, warn } from '../screen.ts';
import { listSnapshots, reset as resetFiles, restore, undo as undoFiles } from '../snapshots.ts';
import { pristineStarters } from '../starters.ts';
import { UserError } from '../user-error.ts';

export async function reset(words: readonly string[]): Promise<void> {
  const { lesson, directory, files } = await open('reset', words);
  await resetFiles(directory, lesson.name, files, pristineStarters(lesson.name));
  print(
    `  ${lesson.name} is as it was at the beginning. Your own version is kept: npm run ex -- undo ${lesson.name}`,
  );
}

export async function undo(words: readonly string[]): Promise<void> {
  const { lesson, directory, files, number } = await open('undo', words);
  if (number === undefined) {
    const done = await undoFiles(directory, lesson.name, files);
    if (!done) throw new UserError(`${lesson.name} has no earlier version to go back to`, 1);
    print(
      `  ${lesson.name} is as it was ${when(done.restored.time)}. Further back: the same again. Forward: npm run ex -- history ${lesson.name}`,
    );
    return;
  }
  const { snapshots } = await listSnapshots(directory, lesson.name);
  const chosen = snapshots[number - 1];
  if (!chosen)
    throw new UserError(
      `${lesson.name} has versions 1 to ${snapshots.length}: npm run ex -- history ${lesson.name}`,
    );
  await restore(directory, lesson.name, files, chosen.id);
  print(`  ${lesson.name} is as it was ${when(chosen.time)} (version ${number})`);
}

export async function history(words: readonly string[]): Promise<void> {
  const { lesson, directory } = await open('history', words);
  const { snapshots, at, warnings } = await listSnapshots(directory, lesson.name);
  warn(...warnings);
  if (snapshots.length === 0) {
    print(`  ${lesson.name} has no kept versions yet: each run keeps one`);
    return;
  }
  print('');
  snapshots.forEach((snapshot, index) => {
    const here = snapshot.id === at ? paint.cyan('▶') : ' ';
    const before = snapshots.find(({ id }) => id === snapshot.parent);
    print(
      `  ${here} ${String(index + 1).padStart(3)}  ${when(snapshot.time)}  ${snapshot.why.padEnd(13)} ${change(before?.files, snapshot.files)}`,
    );
  });
  print('', paint.dim(`  go to one of them: npm run ex -- undo ${lesson.name} <number>`), '');
}

interface Opened {
  readonly lesson: Lesson;
  /** `.workbook`, and the directory of the lesson's starter. */
  readonly directory: string;
  readonly files: string;
  readonly number?: number;
}

async function open(
  command: string,
  [typed, typedNumber, ...rest]: readonly string[],
): Promise<Opened> {
  const number = typedNumber === undefined ? undefined : Number(typedNumber);
  const numbered = command === 'undo';
  if (
    typed === undefined ||
    rest.length > 0 ||
    (typedNumber !== undefined && (!numbered || !Number.isInteger(number)))
  ) {
    throw new UserError(`usage: npm run ex -- ${command} <lesson>${numbered ? ' [version]' : ''}`);
  }
  const lesson = findLesson(typed);
  const keepsakes = await openKeepsakes();
  if (!keepsakes.writable && command !== 'history') {
    throw new UserError(
      `${command} would lose your version of ${lesson.name}: it cannot be kept. Nothing was changed`,
      1,
    );
  }
  const base = {
    lesson,
    directory: keepsakes.directory,
    files: join(root, placesOf(lesson).starter),
  };
  return number === undefined ? base : { ...base, number };
}

/** `today 14:03:22` or `2026-03-04 14:03:22`, in the student's own time. */
function when(time: string): string {
  const date = new Date(time);
  const day =
    date.toDateString() === new Date().toDateString() ? 'today' : date.toISOString().slice(0, 10);
  return `${day} ${date.toTimeString().slice(0, 8)}`;
}

type Files = Awaited<ReturnType<typeof listSnapshots>>['snapshots'][number]['files'];

/** Which files differ from the version before, and by how many lines they grew. */
function change(before: Files | undefined, after: Files): string {
  if (!before) return paint.dim('first kept version');
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  return changed.length === 0 ? paint.dim('no change') : changed.join(', ');
}
