// A round of the quiz: one item after the other, each answer noted in the journal as soon as it is given.
import type { Keepsakes } from '../keepsakes.ts';
import { paint, print, warn } from '../screen.ts';
import { inLanguage, type Card, type Language } from './deck.ts';
import { chosen, plain } from './judge.ts';
import { code, explanation, heading, indented, option } from './page.ts';
import { NotPrinted } from './printed.ts';
import { poseQuestion, readProgram, type Question } from './question.ts';
import type { Reader } from './reader.ts';
import type { Words } from './words.ts';

export interface Setting {
  readonly language: Language;
  readonly words: Words;
  readonly keepsakes: Keepsakes;
  readonly reader: Reader;
  /** How often an item was answered before. */
  timesOf(card: Card): number;
}

/** Asks the items until there is no more, or until somebody ends it. Resolves with those that were answered. */
export async function playRound(
  round: readonly Card[],
  setting: Setting,
): Promise<{ right: Card[]; wrong: Card[] }> {
  const { keepsakes, words } = setting;
  const right: Card[] = [];
  const wrong: Card[] = [];
  for (const [index, card] of round.entries()) {
    print('', heading(card, index + 1, round.length), '');
    const question = await posed(card, setting);
    if (setting.reader.interrupted) break;
    if (!question) continue;
    const answer = await readAnswer(question, card, setting);
    if (answer === undefined) break;
    const isRight = answer !== UNKNOWN && question.isRight(answer);
    (isRight ? right : wrong).push(card);
    await keepsakes.note({ event: 'answer', item: card.key, right: isRight });
    const verdict = isRight ? words.right : answer === UNKNOWN ? words.unknown : words.wrong;
    print('', ...indented(verdict, isRight ? paint.green : paint.yellow));
    print(...explanation(question, card, setting.language, words));
  }
  return { right, wrong };
}

/** What somebody types who does not know. */
const UNKNOWN = '?';
const QUIT = 'q';

/** Shows an item; undefined if its program could not be run. The learner reads it while it runs. */
async function posed(
  card: Card,
  { timesOf, language, words }: Setting,
): Promise<Question | undefined> {
  if (card.kind === 'predict') print(...code(readProgram(card)), '');
  try {
    const question = await poseQuestion(card, timesOf(card), language);
    const ask = card.kind === 'predict' ? (card.ask ?? words.whatPrinted) : card.ask;
    print(...indented(inLanguage(ask, language)), '');
    if (question.options.length > 0) print(...question.options.flatMap(option), '');
    return question;
  } catch (error) {
    if (!(error instanceof NotPrinted)) throw error;
    warn(words.notRun(error.message));
    return undefined;
  }
}

/** Asks until there is something to judge: one of the options, a text where one is wanted, or {@link UNKNOWN}. */
async function readAnswer(
  { options }: Question,
  { kind }: Card,
  { words, reader }: Setting,
): Promise<string | undefined> {
  const most = options.length;
  const typed = kind === 'predict' ? words.typePrinted : words.type;
  for (;;) {
    const line = await reader.ask(`  ${most > 0 ? words.choose(most) : typed} > `);
    if (line === undefined || plain(line) === QUIT) return undefined;
    if (plain(line) === UNKNOWN) return UNKNOWN;
    const index = most > 0 ? chosen(line, options) : undefined;
    if (index !== undefined) return options[index];
    if (most === 0 && plain(line) !== '') return line;
    print(...indented(most > 0 ? words.notANumber(most) : words.nothing, paint.yellow));
  }
}
