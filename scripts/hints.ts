// The hints of a lesson: four rungs for each step, read from notes/hints/<lesson>.md.
//
// The file is a heading `## Step 1: …` for each step, and below it a numbered list of four: a question, the idea and its
// place in the note, the place in the file, the shape of the code.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf, root, type Lesson } from './lessons.ts';

/** The rungs of each step: `hints[step - 1][rung - 1]`, as Markdown. */
export type Hints = readonly (readonly string[])[];

export const RUNGS = 4;

/** Reads the hints of a lesson. Throws ENOENT if there are none. */
export function readHints(lesson: Lesson, base: string = root): Hints {
  return parseHints(readFileSync(join(base, placesOf(lesson).hints), 'utf8'));
}

export function parseHints(text: string): Hints {
  return text
    .split(/^## Step \d+.*$/m)
    .slice(1)
    .map((section) =>
      section
        .split(/^\d\. /m)
        .slice(1)
        .map((rung) => rung.trim().replace(/^ {3}/gm, '')),
    );
}
