// How a round looks in a terminal: headings, options, explanations, broken into lines that fit.
import { wrap } from '../../test/harness/report.ts';
import { columns, paint } from '../screen.ts';
import { inLanguage, placeOf, type Card, type Language } from './deck.ts';
import { programOf } from './printed.ts';
import type { Question } from './question.ts';
import type { Words } from './words.ts';

/** `── 3 of 10 · http/length ────` */
export function heading(card: Card, number: number, of: number): string {
  return paint.bold(`── ${number}/${of} · ${card.key}`);
}

/** Text with two spaces in front of each line. */
export function indented(text: string, colour: (line: string) => string = String): string[] {
  return wrap(text, columns() - 4).map((line) => `  ${colour(line)}`);
}

/** An option with its number; what it holds of lines stays lines. */
export function option(text: string, index: number): string[] {
  const lines = text.split('\n').flatMap((line) => wrap(line, columns() - 8));
  return lines.map((line, at) => `  ${at === 0 ? paint.cyan(`${index + 1}`) : ' '}  ${line}`);
}

/** The lines of a program. */
export function code(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${paint.dim('│')} ${line}`);
}

/** The answer, why it is so, and where more is said. */
export function explanation(
  { right }: Question,
  card: Card,
  language: Language,
  words: Words,
): string[] {
  const { note, lesson } = placeOf(card);
  const places = [
    note,
    ...(lesson === undefined ? [] : [`npm run ex -- ${lesson}`]),
    ...(card.kind === 'predict' ? [programOf(card)] : []),
  ];
  const lines = right.split('\n');
  const answer = card.kind === 'predict' ? words.printed : words.answer;
  return [
    ...(lines.length === 1
      ? indented(`${answer} ${right}`)
      : [...indented(answer), ...lines.map((line) => `    ${line}`)]),
    ...indented(inLanguage(card.why, language)),
    ...indented(`${words.more} ${places.join(' · ')}`, paint.dim),
  ];
}

/** When something comes, from now: `in 10 minutes`, `in 2 days`. */
export function fromNow(time: Date, now: Date, words: Words): string {
  const minutes = Math.ceil((time.getTime() - now.getTime()) / 60_000);
  if (minutes < 60) return words.minutes(Math.max(minutes, 1));
  if (minutes < 24 * 60) return words.hours(Math.round(minutes / 60));
  return words.days(Math.round(minutes / (24 * 60)));
}
