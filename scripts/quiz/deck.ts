// The deck of the quiz: what an item is, and the topics in the order of the course.
import { lessons } from '../lessons.ts';
import bytes from './topics/bytes.ts';
import fork from './topics/fork.ts';
import handshakes from './topics/handshakes.ts';
import http from './topics/http.ts';
import layers from './topics/layers.ts';
import orphans from './topics/orphans.ts';
import states from './topics/states.ts';
import tcpUdp from './topics/tcp-udp.ts';

/** A text in both languages; one string where they do not differ, as `ECONNREFUSED`. */
export type Text = string | { readonly en: string; readonly zh: string };
export type Language = 'en' | 'zh';

interface ItemBase {
  /** Unique in its topic. In the journal it is `<topic>/<id>`: a new id is a new item, and the old answers are forgotten. */
  readonly id: string;
  /** One or two sentences, shown with the answer. */
  readonly why: Text;
  /** The lesson or the note that says more: `notes/<more>.md`. */
  readonly more: string;
}

/** What does `scripts/quiz/programs/<topic>/<id>.ts` print? It is run to find out: the answer stands nowhere. */
export interface Predict extends ItemBase {
  readonly kind: 'predict';
  /** Default: what does it print? */
  readonly ask?: Text;
  /** What it does not print, to choose from. Without them, the learner types what is printed. */
  readonly wrong?: readonly string[];
  /** Set where it makes calls that only this system has. */
  readonly platform?: 'linux';
}

/** A question with answers to choose from. */
export interface Choice extends ItemBase {
  readonly kind: 'choice';
  readonly ask: Text;
  readonly right: Text;
  readonly wrong: readonly Text[];
}

/** A question whose answer is typed: a word or two. */
export interface Short extends ItemBase {
  readonly kind: 'short';
  readonly ask: Text;
  /** All that is right, in either language, the usual answer first. Only letters and digits count. */
  readonly right: readonly string[];
}

export type Item = Predict | Choice | Short;

export interface Topic {
  readonly name: string;
  readonly title: Text;
  readonly items: readonly Item[];
}

/** An item in its deck. */
export type Card = Item & { readonly key: string; readonly topic: Topic };

export const topics: readonly Topic[] = [
  bytes,
  layers,
  handshakes,
  tcpUdp,
  http,
  states,
  fork,
  orphans,
];

/** The items of some topics, in their order. */
export function deckOf(some: readonly Topic[] = topics): Card[] {
  return some.flatMap((topic) =>
    topic.items.map((item) => ({ ...item, key: `${topic.name}/${item.id}`, topic })),
  );
}

/** False for a program that makes calls which this machine does not have. */
export function canBeAsked(item: Item): boolean {
  return item.kind !== 'predict' || !item.platform || item.platform === process.platform;
}

export function inLanguage(text: Text, language: Language): string {
  return typeof text === 'string' ? text : text[language];
}

/** Where more is said, as a learner finds it: the note, and the lesson if it is one. */
export function placeOf({ more }: Item): { readonly note: string; readonly lesson?: string } {
  const lesson = lessons.find(({ name }) => name === more)?.name;
  return { note: `notes/${more}.md`, ...(lesson === undefined ? {} : { lesson }) };
}
