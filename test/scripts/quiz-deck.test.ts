// The items of the quiz: complete, in both languages, and every program prints on this machine what it always prints.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/lessons.ts';
import {
  canBeAsked,
  deckOf,
  inLanguage,
  placeOf,
  topics,
  type Card,
  type Text,
} from '../../scripts/quiz/deck.ts';
import { plain } from '../../scripts/quiz/judge.ts';
import { printedBy, programOf } from '../../scripts/quiz/printed.ts';
import { readProgram } from '../../scripts/quiz/question.ts';

const deck = deckOf();
const predicts = deck.filter(({ kind }) => kind === 'predict');
const folder = join(root, 'scripts', 'quiz');

test('every topic of the folder is in the deck, and every program belongs to an item', () => {
  const names = topics.map(({ name }) => name);
  expect(readdirSync(join(folder, 'topics')).sort()).toEqual(
    names.map((name) => `${name}.ts`).sort(),
  );
  const programs = readdirSync(join(folder, 'programs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('scripts', 'quiz', 'programs', path));
  expect(programs.sort()).toEqual(predicts.map(programOf).sort());
});

test('no two items have the same key', () => {
  const keys = deck.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => !/^[a-z-]+\/[a-z0-9-]+$/.test(key))).toEqual([]);
});

test('there are enough items', () => {
  expect(deck.length).toBeGreaterThanOrEqual(40);
  expect(predicts.length).toBeGreaterThanOrEqual(15);
  for (const { name, items } of topics) expect(items.length, name).toBeGreaterThanOrEqual(5);
});

test.each(['en', 'zh'] as const)('the longest option is no hint (%s)', (language) => {
  const choices = deck.filter((card) => card.kind === 'choice');
  const length = (text: Text) => inLanguage(text, language).length;
  const told = choices.filter(({ right, wrong }) =>
    wrong.every((text) => length(text) < length(right)),
  );
  // With four options, chance alone makes the right one the longest in a quarter.
  expect(told.length, told.map(({ key }) => key).join(' ')).toBeLessThan(choices.length / 3);
});

describe.each(deck.map((card) => [card.key, card] as const))('%s', (_, card) => {
  test('says everything in both languages', () => {
    for (const text of textsOf(card)) {
      const [en, zh] = [inLanguage(text, 'en'), inLanguage(text, 'zh')];
      expect(en.trim(), zh).not.toBe('');
      expect(zh.trim(), en).not.toBe('');
      if (typeof text === 'string') continue;
      expect(zh, 'the Chinese text').toMatch(/\p{Script=Han}/u);
      expect(en, 'the English text').not.toMatch(/\p{Script=Han}/u);
    }
  });

  test('has options that differ, and none that looks like the number of another', () => {
    for (const language of ['en', 'zh'] as const) {
      const options = optionsOf(card).map((text) => plain(inLanguage(text, language)));
      expect(new Set(options).size).toBe(options.length);
      expect(options.filter((option) => /^(\d+|q|\?)$/.test(option))).toEqual([]);
    }
  });

  test('names a note that is there', () => {
    expect(existsSync(join(root, placeOf(card).note)), placeOf(card).note).toBe(true);
  });
});

describe.each(predicts.map((card) => [card.key, card] as const))('the program %s', (_, card) => {
  test('fits on a small screen', () => {
    const lines = readProgram(card);
    expect(lines.length).toBeLessThanOrEqual(16);
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(readFileSync(join(root, programOf(card)), 'utf8')).not.toMatch(/^\s*\/\//m);
  });

  test.skipIf(!canBeAsked(card))('prints the same three times, and no wrong option', async () => {
    // At the same time, so that they would be in each other's way if they could.
    const printed = await Promise.all([1, 2, 3].map(() => printedBy(card)));
    const [first = ''] = printed;
    expect(printed).toEqual([first, first, first]);
    expect(first).not.toBe('');
    // These two have a meaning of their own for whoever types an answer.
    expect(['q', '?']).not.toContain(plain(first));
    const wrong = card.kind === 'predict' ? (card.wrong ?? []) : [];
    expect(wrong.map(plain)).not.toContain(plain(first));
    if (wrong.length > 0) expect(first).not.toMatch(/^\d+$/);
  });
});

function textsOf(card: Card): Text[] {
  const asked = card.kind === 'predict' ? (card.ask ?? []) : card.ask;
  return [card.why, card.topic.title, ...[asked].flat(), ...optionsOf(card)];
}

function optionsOf(card: Card): readonly Text[] {
  if (card.kind === 'choice') return [card.right, ...card.wrong];
  return card.kind === 'predict' ? (card.wrong ?? []) : [];
}
