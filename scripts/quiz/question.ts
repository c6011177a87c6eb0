// A question as it is put to somebody: its options in an order of their own, and how an answer to it is judged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../test/harness/random.ts';
import { root } from '../lessons.ts';
import { inLanguage, type Card, type Language } from './deck.ts';
import { isOneOf, isPrinted } from './judge.ts';
import { printedBy, programOf } from './printed.ts';

export interface Question {
  /** What there is to choose from; empty where the answer is typed. */
  readonly options: readonly string[];
  /** The right answer, as it is shown afterwards; of a program, what it has printed. */
  readonly right: string;
  isRight(answer: string): boolean;
}

/**
 * Makes a question of an item; a program is run for it now. `times`: how often it was asked before. The options stand in
 * another order each time, so that nobody learns "the second one".
 *
 * Throws `NotPrinted` if the program cannot be run.
 */
export async function poseQuestion(
  card: Card,
  times: number,
  language: Language,
): Promise<Question> {
  const mixed = (options: readonly string[]) =>
    seededRandom(`${card.key} ${times}`).shuffle(options);
  switch (card.kind) {
    case 'predict': {
      const right = await printedBy(card);
      const options = card.wrong ? mixed([right, ...card.wrong]) : [];
      return { options, right, isRight: (answer) => isPrinted(answer, right) };
    }
    case 'choice': {
      const right = inLanguage(card.right, language);
      const options = mixed([right, ...card.wrong.map((text) => inLanguage(text, language))]);
      return { options, right, isRight: (answer) => answer === right };
    }
    case 'short': {
      const [right = ''] = card.right;
      return { options: [], right, isRight: (answer) => isOneOf(answer, card.right) };
    }
  }
}

/** The lines of an item's program. */
export function readProgram(card: Card): string[] {
  return readFileSync(join(root, programOf(card)), 'utf8')
    .trimEnd()
    .split('\n');
}
