// When an item is asked again: the FSRS algorithm (https://github.com/open-spaced-repetition/ts-fsrs) on the answers in the
// journal. Nothing else is kept: the state of an item is what its answers make of it.
import { createEmptyCard, fsrs, Rating, type Card as Memory } from 'ts-fsrs';
import type { QuizAnswer } from '../journal.ts';
import type { Card } from './deck.ts';

/** Items of one round. */
export const ROUND = 10;

/** What is known of an item that was answered at least once. */
export interface Standing {
  readonly due: Date;
  /** How often it was answered. */
  readonly answers: number;
}

/**
 * A wrong answer brings the item back after ten minutes, a right one after two days at first, then later and later, up to a
 * year. No fuzz: the same answers give the same times.
 */
const scheduler = fsrs({
  enable_fuzz: false,
  learning_steps: ['10m'],
  relearning_steps: ['10m'],
  maximum_interval: 365,
});

/** Folds the answers, which come in the order of their times, into one standing for each item, by its key. */
export function standingsOf(answers: readonly QuizAnswer[], now: Date): Map<string, Standing> {
  const memories = new Map<string, Memory>();
  for (const { item, right, time } of answers) {
    const at = new Date(time);
    // A clock was wrong: what it noted must not keep an item away for years.
    if (at > now) continue;
    const before: Memory = memories.get(item) ?? createEmptyCard(at);
    memories.set(item, scheduler.next(before, at, right ? Rating.Good : Rating.Again).card);
  }
  return new Map(
    [...memories].map(([item, { due, reps }]) => [item, { due, answers: reps }] as const),
  );
}

/**
 * The items of a round: those that are due, the longest overdue first, then new ones, those of the lessons in `begun` before
 * the others, and otherwise in the order of the deck. `all`: every item, also what is not due yet, without an end at ten.
 */
export function roundOf(
  deck: readonly Card[],
  standings: ReadonlyMap<string, Standing>,
  { now, begun, all }: { now: Date; begun: ReadonlySet<string>; all: boolean },
): Card[] {
  const dueAt = (card: Card) => standings.get(card.key)?.due.getTime() ?? Infinity;
  const byTime = (a: Card, b: Card) => dueAt(a) - dueAt(b);
  const seen = deck.filter(({ key }) => standings.has(key)).sort(byTime);
  const due = seen.filter((card) => dueAt(card) <= now.getTime());
  const fresh = deck.filter(({ key }) => !standings.has(key));
  const near = fresh.filter(({ more }) => begun.has(more));
  const far = fresh.filter(({ more }) => !begun.has(more));
  if (all) return [...due, ...near, ...far, ...seen.filter((card) => !due.includes(card))];
  return [...due, ...near, ...far].slice(0, ROUND);
}

/** How many items of a deck are due. */
export function countDue(
  deck: readonly Card[],
  standings: ReadonlyMap<string, Standing>,
  now: Date,
): number {
  return deck.filter(({ key }) => (standings.get(key)?.due ?? Infinity) <= now).length;
}
