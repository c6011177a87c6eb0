// The student's files beside the solution's, line by line.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { placesOf, root, type Lesson } from '../lessons.ts';
import { paint } from '../screen.ts';

/** A unified diff from the student's version (-) to the solution (+), in colour. */
export function diffWithSolution(lesson: Lesson): string[] {
  const { starter, solution } = placesOf(lesson);
  const names = readdirSync(join(root, solution)).filter((name) => name.endsWith('.ts'));
  return names.flatMap((name) => {
    const own = join(root, starter, name);
    const patch = createTwoFilesPatch(
      `${starter}/${name}`,
      `${solution}/${name}`,
      existsSync(own) ? readFileSync(own, 'utf8') : '',
      readFileSync(join(root, solution, name), 'utf8'),
      'yours',
      'the solution',
    );
    return patch.split('\n').slice(1).map(coloured);
  });
}

function coloured(line: string): string {
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('@@') ? paint.cyan(line) : line;
}
