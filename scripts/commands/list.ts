// `npm run ex`: the lessons in their order, how far each has come, and what to type next.
import { createRequire } from 'node:module';
import stringWidth from 'string-width';
import type { LessonProgress } from '../journal.ts';
import { openKeepsakes, type Keepsakes } from '../keepsakes.ts';
import { lessons, type Lesson } from '../lessons.ts';
import { bar, columns, paint, print } from '../screen.ts';

export async function list(): Promise<void> {
  const keepsakes = await openKeepsakes();
  const progress = await keepsakes.progress();
  const done = lessons.filter(({ name }) => isDone(progress.get(name))).length;
  const open = lessons.filter(({ name }) => !isDone(progress.get(name)));
  const next = open.find(({ name }) => progress.get(name)?.started) ?? open[0];

  print('', `  ${bar(done, lessons.length, 24)} ${done} of ${lessons.length} lessons done`, '');
  lessons.forEach((lesson, index) =>
    print(row(lesson, index + 1, progress.get(lesson.name), lesson === next)),
  );
  print('');
  if (next) {
    print(
      `  Next:  read exercises/${next.name}/README.md, then`,
      `         npm run ex -- ${next.name} --watch`,
    );
  } else {
    print('  All done. Look back at any of them: npm run ex -- <lesson> --demo');
  }
  const due = await dueInQuiz(keepsakes);
  if (due > 0)
    print(`  Quiz:  ${due} ${due === 1 ? 'item is' : 'items are'} due: npm run ex -- quiz`);
  print('', paint.dim('  all commands: npm run ex -- help'), '');
}

/** How many items of the quiz are due; what counts them is loaded only for who has begun it. */
async function dueInQuiz(keepsakes: Keepsakes): Promise<number> {
  const answers = await keepsakes.answers();
  if (answers.length === 0) return 0;
  const load = createRequire(import.meta.url);
  const { canBeAsked, deckOf } = load('../quiz/deck.ts') as typeof import('../quiz/deck.ts');
  const { countDue, standingsOf } = load(
    '../quiz/schedule.ts',
  ) as typeof import('../quiz/schedule.ts');
  const now = new Date();
  return countDue(deckOf().filter(canBeAsked), standingsOf(answers, now), now);
}

/** A lesson is done while the latest test of it passed all steps. */
export function isDone(progress: LessonProgress | undefined): boolean {
  return progress !== undefined && progress.steps > 0 && progress.passedSteps === progress.steps;
}

function row(
  lesson: Lesson,
  number: number,
  progress: LessonProgress | undefined,
  next: boolean,
): string {
  const mark = isDone(progress) ? paint.green('✓') : next ? paint.cyan('▶') : ' ';
  const name = next ? paint.bold(lesson.name.padEnd(14)) : lesson.name.padEnd(14);
  const titles = `${lesson.title} · ${lesson.chinese}`;
  const room = columns() - 38;
  const title =
    stringWidth(titles) <= room
      ? `${lesson.title} ${paint.dim(`· ${lesson.chinese}`)}`
      : lesson.title;
  return `  ${mark} ${String(number).padStart(2)}  ${name}  ${state(progress).padEnd(13)}  ${title}`;
}

function state(progress: LessonProgress | undefined): string {
  if (!progress?.started) return 'not started';
  if (isDone(progress)) return 'done';
  return progress.steps === 0 ? 'started' : `step ${progress.passedSteps + 1} of ${progress.steps}`;
}
