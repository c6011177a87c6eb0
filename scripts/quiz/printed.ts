// What the program of an item prints: it is run as the checks run a program, with no shell, in a directory of its own, and
// nothing of it is left.
import { join } from 'node:path';
import { createExchange } from '../../test/harness/exchange.ts';
import { Failure } from '../../test/harness/failure.ts';
import { describeExit, firstLine } from '../../test/harness/program.ts';
import { newSeed, openTrial } from '../../test/harness/trial.ts';
import { PATIENCE } from '../../test/harness/waiting.ts';
import { root } from '../lessons.ts';
import type { Card } from './deck.ts';

/** How long a program may take, in milliseconds: 30 s, or what a slow host has set. A quiet machine needs a tenth of one. */
const MOST_TIME = 6 * PATIENCE;

/** The program of an item could not be run to its end; the message says in one line why. */
export class NotPrinted extends Error {}

/** The path of an item's program. */
export function programOf({ topic, id }: Card): string {
  return join('scripts', 'quiz', 'programs', topic.name, `${id}.ts`);
}

/**
 * Runs the program of an item, and resolves with what stands on its stdout, without white space at the ends.
 *
 * Throws {@link NotPrinted} if it failed, wrote to stderr, did not end, or left a process behind.
 */
export async function printedBy(card: Card): Promise<string> {
  const directory = join(root, 'scripts', 'quiz', 'programs', card.topic.name);
  const { trial, close } = openTrial(
    { directory, reference: directory },
    card.key,
    newSeed(),
    createExchange(),
  );
  let left: string[] = [];
  const printed = await run().finally(async () => (left = await close()));
  if (left.length > 0) throw new NotPrinted(left.join(', '));
  return printed;

  async function run(): Promise<string> {
    const program = await trial.start(card.id);
    program.endInput();
    // It may sleep on a timer of its own.
    const exit = await program
      .ended('when it is done', { patience: MOST_TIME, mayRest: true })
      .catch((error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        throw new NotPrinted(`it did not end within ${MOST_TIME / 1000} seconds`, { cause: error });
      });
    const complaint = firstLine(program.stderr.text);
    if (exit.code !== 0 || complaint !== '')
      throw new NotPrinted([describeExit(exit), complaint].filter(Boolean).join(': '));
    return program.stdout.text.trim();
  }
}
