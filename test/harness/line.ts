// A line of a drawing in the terminal: text put at columns, with colour or without, in Unicode or in ASCII.
import picocolors from 'picocolors';
import { columnsOf } from './bytes.ts';

/** How a text is coloured. Actors have a colour each. */
export type Tone = 'plain' | 'dim' | 'alarm' | 'quiet' | `actor ${number}`;

/** One line under construction: text put at columns, later over earlier. */
export interface Line {
  /** Puts `text` at column `x`. What would stand outside the line is left out. */
  put(x: number, text: string, tone: Tone): void;
  /** As put, with a blank on each side. */
  write(x: number, text: string, tone: Tone): void;
  render(colour: boolean, ascii: boolean): string;
}

/** An empty line of `width` columns. */
export function createLine(width: number): Line {
  const cells = Array.from({ length: width }, (): Cell => BLANK);
  const put = (x: number, text: string, tone: Tone): void => {
    const wide = columnsOf(text);
    if (wide === 0 || x < 0 || x + wide > width) return;
    cells[x] = { text, tone };
    for (let i = x + 1; i < x + wide; i += 1) cells[i] = COVERED;
  };
  return {
    put,
    write(x, text, tone) {
      if (text === '') return;
      put(x - 1, ' ', 'plain');
      put(x, text, tone);
      put(x + columnsOf(text), ' ', 'plain');
    },
    render(colour, ascii) {
      const last = cells.findLastIndex((cell) => cell !== BLANK && cell.text !== ' ');
      let line = '';
      for (let i = 0; i <= last;) {
        const { text, tone } = cells[i] ?? BLANK;
        let run = text;
        i += 1;
        while (i <= last && (cells[i]?.tone === tone || cells[i] === COVERED)) {
          run += cells[i]?.text ?? '';
          i += 1;
        }
        line += paint(ascii ? inAscii(run) : run, tone, colour);
      }
      return line;
    },
  };
}

/** `0.4 ms`, `12 ms`, `12.3 s`. */
export function time(at: number): string {
  if (at < 9.95) return `${at.toFixed(1)} ms`;
  if (at < 9999.5) return `${at.toFixed(0)} ms`;
  return at < 99_950 ? `${(at / 1000).toFixed(1)} s` : `${(at / 1000).toFixed(0)} s`;
}

interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

const BLANK: Cell = { text: ' ', tone: 'plain' };
/** A column that the text to its left takes. */
const COVERED: Cell = { text: '', tone: 'plain' };

const ASCII: Readonly<Record<string, string>> = {
  '│': '|',
  '┊': ':',
  '├': '|',
  '┤': '|',
  '┼': '+',
  '─': '-',
  '┄': '.',
  '►': '>',
  '◄': '<',
  '●': '*',
  '■': '#',
  '✗': 'x',
  '…': '~',
  '━': '=',
  '┯': '+',
  '┕': '+',
  '┝': '+',
  '┿': '+',
  '┘': '+',
  '▲': '^',
  '▼': 'v',
  '◇': 'o',
};

function inAscii(text: string): string {
  return text.replace(/[│┊├┤┼─┄►◄●■✗…━┯┕┝┿┘▲▼◇]/g, (glyph) => ASCII[glyph] ?? glyph);
}

const colours = picocolors.createColors(true);
const ACTOR_COLOURS = [colours.cyan, colours.yellow, colours.green, colours.magenta, colours.blue];

function paint(text: string, tone: Tone, colour: boolean): string {
  if (!colour || tone === 'plain') return text;
  if (tone === 'alarm') return colours.red(text);
  if (tone === 'dim' || tone === 'quiet') return colours.dim(text);
  const actor = Number(tone.slice('actor '.length));
  const named = ACTOR_COLOURS[actor % ACTOR_COLOURS.length] ?? colours.cyan;
  return colours.bold(named(text));
}
