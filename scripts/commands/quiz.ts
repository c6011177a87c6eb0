// `npm run ex -- quiz`: a round of theory. Programs whose output is to be predicted, and short questions; what was missed
// comes back sooner than what was known.
import { parseArgs } from 'node:util';
import { openKeepsakes } from '../keepsakes.ts';
import { didYouMean } from '../lessons.ts';
import { canBeAsked, deckOf, inLanguage, topics, type Card, type Language } from '../quiz/deck.ts';
import { fromNow, indented } from '../quiz/page.ts';
import { openReader } from '../quiz/reader.ts';
import { playRound } from '../quiz/round.ts';
import { countDue, ROUND, roundOf, standingsOf, type Standing } from '../quiz/schedule.ts';
import { wordsIn, type Words } from '../quiz/words.ts';
import { paint, print, warn } from '../screen.ts';
import { UserError } from '../user-error.ts';

/** Resolves with the exit status: 0, or what a shell says of a program that was interrupted. */
export async function quiz(args: readonly string[]): Promise<number> {
  const { all, help, language, topic } = readOptions(args);
  if (help) {
    printHelp();
    return 0;
  }
  const words = wordsIn(language);
  const deck = deckOf(topics.filter(({ name }) => name === (topic ?? name)));
  const asked = deck.filter(canBeAsked);
  if (asked.length < deck.length) warn(words.needsLinux(deck.length - asked.length));

  const keepsakes = await openKeepsakes();
  const begun = new Set((await keepsakes.progress()).keys());
  const now = new Date();
  const standings = standingsOf(await keepsakes.answers(), now);
  const round = roundOf(asked, standings, { now, begun, all });
  if (round.length === 0) {
    print('', ...indented(`${words.nothingDue} ${whenNext(asked, standings, now, words)}`));
    print(...indented(words.allAnyway, paint.dim), '');
    return 0;
  }

  const reader = openReader();
  if (process.stdin.isTTY !== true) warn(words.noTerminal);
  print('', ...indented(words.help, paint.dim));
  const timesOf = ({ key }: Card) => standings.get(key)?.answers ?? 0;
  const { right, wrong } = await playRound(round, {
    language,
    words,
    keepsakes,
    reader,
    timesOf,
  }).finally(() => reader.close());

  print('');
  if (right.length + wrong.length === 0) print(...indented(words.none));
  else {
    print(...indented(words.score(right.length, right.length + wrong.length), paint.bold));
    if (wrong.length > 0)
      print(...indented(`${words.again} ${wrong.map(({ key }) => key).join(', ')}`));
    const after = new Date();
    const then = standingsOf(await keepsakes.answers(), after);
    print(...indented(whatIsLeft(asked, then, after, words), paint.dim));
  }
  print('');
  if (reader.interrupted === undefined) return 0;
  return reader.interrupted === 'SIGINT' ? 130 : 143;
}

/** How many items are due, how many are new, and when the next one comes back. */
function whatIsLeft(
  deck: readonly Card[],
  standings: ReadonlyMap<string, Standing>,
  now: Date,
  words: Words,
): string {
  const due = countDue(deck, standings, now);
  const fresh = deck.filter(({ key }) => !standings.has(key)).length;
  return `${words.waiting(due, fresh)} ${whenNext(deck, standings, now, words)}`;
}

function whenNext(
  deck: readonly Card[],
  standings: ReadonlyMap<string, Standing>,
  now: Date,
  words: Words,
): string {
  const later = deck
    .flatMap(({ key }) => standings.get(key)?.due ?? [])
    .filter((due) => due > now)
    .sort((a, b) => a.getTime() - b.getTime());
  return later[0] ? words.next(fromNow(later[0], now, words)) : '';
}

interface Options {
  readonly topic?: string;
  readonly all: boolean;
  readonly help: boolean;
  readonly language: Language;
}

const flags = {
  topic: { type: 'string' },
  all: { type: 'boolean', default: false },
  zh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const USAGE = 'npm run ex -- quiz [--topic name] [--all] [--zh]';

function readOptions(args: readonly string[]): Options {
  const { topic, all, zh, help } = parse(args);
  const names = topics.map(({ name }) => name);
  if (topic !== undefined && !names.includes(topic))
    throw new UserError(
      `there is no topic "${topic}"${didYouMean(topic, names)} The topics: ${names.join(', ')}`,
    );
  return { all, help, language: zh ? 'zh' : 'en', ...(topic === undefined ? {} : { topic }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS_')) throw error;
    throw new UserError(`${message.split('. ')[0]}; usage: ${USAGE}`, 2, { cause: error });
  }
}

function printHelp(): void {
  print('', `  ${USAGE}`, '');
  print(
    ...indented(
      `A round of ${ROUND}: what is due, then what was never asked. A program is shown, and you say what it prints; or a question has a short answer. What you miss comes back after ten minutes, what you know after days, then weeks.`,
    ),
    '',
    '  --topic name   only this topic',
    '  --all          all items, also those that are not due; q ends it',
    '  --zh           用中文',
    '',
    '  Topics:',
    ...topics.map(
      ({ name, title, items }) =>
        `    ${name.padEnd(12)} ${String(items.length).padStart(2)}  ${inLanguage(title, 'en')} ${paint.dim(inLanguage(title, 'zh'))}`,
    ),
    '',
  );
}
