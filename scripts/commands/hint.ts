// `npm run ex -- hint <lesson> [step]`: the next rung of the hint ladder, from a question to the shape of the code.
import { wrap } from '../../test/harness/report.ts';
import { readHints, RUNGS } from '../hints.ts';
import { openKeepsakes, type Keepsakes } from '../keepsakes.ts';
import { findLesson, type Lesson } from '../lessons.ts';
import { columns, paint, print } from '../screen.ts';
import { UserError } from '../user-error.ts';

export async function hint([typed, typedStep, ...rest]: readonly string[]): Promise<void> {
  if (typed === undefined || rest.length > 0)
    throw new UserError('usage: npm run ex -- hint <lesson> [step]');
  const lesson = findLesson(typed);
  const step = typedStep === undefined ? undefined : Number(typedStep);
  print('', ...(await nextHint(lesson, await openKeepsakes(), step)), '');
}

/** The next hint that was not shown yet, for a step or for the one the student is at. */
export async function nextHint(
  lesson: Lesson,
  keepsakes: Keepsakes,
  wanted?: number,
): Promise<string[]> {
  const hints = readHints(lesson);
  const progress = (await keepsakes.progress()).get(lesson.name);
  const step = wanted ?? Math.min((progress?.passedSteps ?? 0) + 1, hints.length);
  const rungs = hints[step - 1];
  if (!rungs) throw new UserError(`${lesson.name} has steps 1 to ${hints.length}`);
  const shown = progress?.hints.get(step) ?? 0;
  const rung = Math.min(shown + 1, RUNGS) as 1 | 2 | 3 | 4;
  await keepsakes.note({ lesson: lesson.name, event: 'hint', step, rung });
  const more =
    rung < RUNGS
      ? `the next hint says more: npm run ex -- hint ${lesson.name} ${step}`
      : `the last hint of step ${step} · the solution: solutions/${lesson.name}/, or d in --watch`;
  return [
    paint.bold(`  ${lesson.name}, step ${step}, hint ${rung} of ${RUNGS}`),
    '',
    ...readable(rungs[rung - 1] ?? ''),
    '',
    paint.dim(`  ${more}`),
  ];
}

/** Prose broken into lines that fit the terminal; code as it stands. One empty line between them. */
function readable(markdown: string): string[] {
  const lines = markdown.split(/\n*^(```[^]*?^```)$\n*/m).flatMap((part) => {
    if (part === '') return [];
    const text = part.split('\n');
    if (part.startsWith('```')) return [...text.slice(1, -1).map((line) => `      ${line}`), ''];
    const wrapped = text.flatMap((line) => wrap(line, columns() - 4));
    return [...wrapped.map((line) => (line === '' ? '' : `  ${line}`)), ''];
  });
  return lines.slice(0, -1);
}
