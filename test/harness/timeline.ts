// The process timeline: lives drawn in the terminal, one row a process, time going to the right. A column is a moment at
// which something happened; how long it took to the next one stands above, as a time. The distance only hints at it.
import { clean, columnsOf } from './bytes.ts';
import type { Entry } from './exchange.ts';
import { createLine, type Line } from './line.ts';
import type { Life } from './lives.ts';

export interface TimelineOptions {
  /** Terminal columns that no line exceeds. Default 80. */
  readonly width?: number;
  readonly colour?: boolean;
  readonly ascii?: boolean;
  /** The exchange of the same programs: the signals that the check has sent are taken from it. */
  readonly entries?: readonly Entry[];
}

/** Draws the lives of all programs that have forked. Empty if none has: one row alone tells nothing. */
export function drawTimeline(lives: readonly Life[], options: TimelineOptions = {}): string[] {
  const { width = 80, colour = false, ascii = false, entries = [] } = options;
  const rows = inTrees(lives);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const left = rows.length - shown.length;
  const more =
    left > 0 ? [clean(`  … ${left} more ${left === 1 ? 'process' : 'processes'}`, width)] : [];
  const labels = shown.map(labelOf);
  const from = Math.max(...labels.map(columnsOf)) + 1;
  const most = Math.min(LONGEST_FACTS, width - from - LEAST_ROOM);
  if (most < LEAST_FACTS) return [...inWords(shown, width), ...more];
  const facts = shown.map(({ life }) => clean(factsOf(life), most));
  const room = width - from - Math.max(...facts.map(columnsOf)) - 1;

  const signals = signalsIn(entries, shown);
  const runOn = shown.some(({ life }) => life.ended === undefined);
  const scale = createScale(momentsOf(shown, signals), from, room, runOn ? ONWARD : 0);
  const lines = shown.map(() => createLine(width));
  const draw = { rows: shown, lines, scale };
  for (const index of shown.keys()) drawLife(index, draw);
  // Links lie over the bars, so they come last.
  for (const index of shown.keys()) drawLinks(index, draw);
  for (const [index, line] of lines.entries()) {
    line.put(0, labels[index] ?? '', shown[index]?.depth === 0 ? 'plain' : 'quiet');
    line.put(from + room + 1, facts[index] ?? '', 'plain');
  }
  return [
    drawAxis(scale, width),
    ...shown.flatMap((row, index) => [
      ...drawSignals(
        signals.filter(({ life }) => life === row.life),
        scale,
        width,
      ),
      ...lines.slice(index, index + 1),
    ]),
  ]
    .map((line) => line.render(colour, ascii))
    .concat(more, ...drawLegend(shown, width).map((line) => line.render(colour, ascii)));
}

/** More rows than this do not fit on a screen. */
const MOST_ROWS = 16;
/** Columns of a name. */
const LONGEST_NAME = 12;
/** Columns of what stands behind a bar. */
const LONGEST_FACTS = 34;
const LEAST_FACTS = 12;
/** Columns for the bars; with fewer they show nothing. */
const LEAST_ROOM = 28;

/** Columns behind the last moment, for those that run on. */
const ONWARD = 3;

interface Row {
  readonly life: Life;
  /** 0 for a program, 1 for its children. */
  readonly depth: number;
}

interface Drawing {
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
  readonly scale: Scale;
}

/** Children below their parent, in the order of birth; programs without children are left out. */
function inTrees(lives: readonly Life[]): Row[] {
  const below = (life: Life, depth: number): Row[] => [
    { life, depth },
    ...childrenIn(lives, life).flatMap((child) => below(child, depth + 1)),
  ];
  return lives
    .filter((life) => life.parent === undefined && childrenIn(lives, life).length > 0)
    .flatMap((life) => below(life, 0));
}

/** A number may be given again: a child is born while its parent is there. */
function childrenIn(lives: readonly Life[], mother: Life): Life[] {
  return lives.filter(
    ({ parent, born }) =>
      parent === mother.pid && born >= mother.born && born <= (mother.reaped ?? Infinity),
  );
}

function labelOf({ life, depth }: Row): string {
  const name = life.name === '' ? '' : `${clean(life.name, LONGEST_NAME)} `;
  return `${'  '.repeat(depth)}${name}${life.pid}`;
}

/** What the bar does not tell: `exit 3, zombie 9 ms`. */
function factsOf({ parent, ended, reaped, how, adopted }: Life): string {
  const facts = [ended === undefined ? 'runs on' : (how ?? 'ended')];
  // An orphan is its new parent's business, and that is a process of the system.
  if (adopted) facts.push(`new parent ${adopted.by}`);
  else if (ended !== undefined && parent !== undefined) {
    if (reaped === undefined) facts.push('never reaped');
    else if (isVisible(ended, reaped)) facts.push(`zombie ${Math.round(reaped - ended)} ms`);
  }
  return facts.join(', ');
}

/** Shorter than this may as well be the time between two looks. */
const JUST_NOW = 2;

function isVisible(from: number, to: number): boolean {
  return to - from > JUST_NOW;
}

// --- the scale ---

interface Scale {
  readonly moments: readonly number[];
  /** The column of a moment. */
  x(at: number): number;
  /** The last column. */
  readonly end: number;
}

interface Signal {
  readonly life: Life;
  readonly at: number;
  readonly name: string;
}

/** The signals that a check has sent: to a program, by its name, or to other processes, by their number. */
function signalsIn(entries: readonly Entry[], rows: readonly Row[]): Signal[] {
  return entries.flatMap(({ kind, from, at, note = '', sent = [] }) => {
    const program = rows.find(({ life, depth }) => depth === 0 && life.name === from)?.life;
    if (kind === 'signal' && program) return [{ life: program, at, name: note }];
    return sent.flatMap(({ pid, signal }) => {
      const life = rows.find((row) => row.life.pid === pid && row.life.born <= at)?.life;
      return life ? [{ life, at, name: signal }] : [];
    });
  });
}

function momentsOf(rows: readonly Row[], signals: readonly Signal[]): number[] {
  const lives = rows.map(({ life }) => life);
  return [
    ...lives.flatMap(({ born, ended, reaped, adopted, spells }) => [
      born,
      ended,
      reaped !== undefined && isVisible(ended ?? reaped, reaped) ? reaped : undefined,
      adopted?.at,
      ...spells
        .filter(({ from, to }) => isVisible(from, to ?? Infinity))
        .flatMap(({ from, to }) => [from, to]),
    ]),
    ...signals.map(({ at }) => at),
  ].filter((at) => at !== undefined);
}

/**
 * Gives each moment a column: first two columns each, as long as there is room, so that nothing hides; the rest is shared by
 * the logarithm of the time in between, so that a long wait leaves room for what is short.
 */
function createScale(all: readonly number[], from: number, room: number, onward: number): Scale {
  const moments = [...new Set(all)].sort((a, b) => a - b);
  const gaps = moments.slice(1).map((at, i) => Math.log1p(at - (moments[i] ?? 0)));
  const least = Math.max(
    0,
    Math.min(2, Math.floor((room - onward - 1) / Math.max(1, gaps.length))),
  );
  const rest = room - onward - 1 - least * gaps.length;
  const total = gaps.reduce((sum, gap) => sum + gap, 0) || 1;
  const columns = new Map<number, number>();
  let share = 0;
  for (const [i, at] of moments.entries()) {
    share += i === 0 ? 0 : (gaps[i - 1] ?? 0);
    columns.set(at, from + least * i + Math.floor((rest * share) / total));
  }
  return { moments, end: from + room - 1, x: (at) => columns.get(at) ?? from };
}

/** The times above their columns, as many as there is room for; the first and the last with their unit. */
function drawAxis({ moments, x }: Scale, width: number): Line {
  const line = createLine(width);
  const [first = 0] = moments;
  const last = moments.at(-1) ?? 0;
  const end = Math.min(x(last), width - tick(last).length - 3);
  line.put(x(first), `${tick(first)} ms`, 'quiet');
  line.put(end, `${tick(last)} ms`, 'quiet');
  let free = x(first) + tick(first).length + 4;
  let before = tick(first);
  for (const at of moments.slice(1, -1)) {
    const same = tick(at) === before || tick(at) === tick(last);
    if (same || x(at) < free || x(at) + tick(at).length >= end) continue;
    before = tick(at);
    line.put(x(at), before, 'quiet');
    free = x(at) + before.length + 1;
  }
  return line;
}

function tick(at: number): string {
  return at < 9.95 && at > 0 ? at.toFixed(1) : at.toFixed(0);
}

// --- a row ---

function drawLife(index: number, { rows, lines, scale }: Drawing): void {
  const life = rows[index]?.life;
  const line = lines[index];
  if (!life || !line) return;
  const { born, ended, reaped, parent, adopted, spells } = life;
  const bar = (from: number, to: number, glyph: string, tone: 'plain' | 'alarm') => {
    for (let x = from; x <= to; x += 1) line.put(x, glyph, tone);
  };
  const end = ended === undefined ? scale.end : scale.x(ended);
  bar(scale.x(born), end, '━', 'plain');
  for (const { what, from, to = ended } of spells) {
    if (!isVisible(from, to ?? Infinity)) continue;
    const until = to === undefined ? scale.end : scale.x(to) - 1;
    bar(scale.x(from), until, what === 'waits' ? '─' : 'T', what === 'waits' ? 'plain' : 'alarm');
  }
  line.put(scale.x(born), parent === undefined ? '●' : '┕', 'plain');
  if (adopted) line.put(scale.x(adopted.at), '◇', 'alarm');
  if (ended === undefined) {
    line.put(scale.end, '►', 'plain');
    return;
  }
  const gone = reaped === undefined ? scale.end : scale.x(reaped);
  if (parent !== undefined && (reaped === undefined || isVisible(ended, reaped)))
    bar(end + 1, gone, 'Z', 'alarm');
  line.put(end, ENDS[endOf(life)], endOf(life) === 'killed' ? 'alarm' : 'plain');
}

const ENDS = { exit: '■', killed: '✗', unseen: '?' } as const;

function endOf({ how }: Life): keyof typeof ENDS {
  if (how === undefined) return 'unseen';
  return how.startsWith('SIG') ? 'killed' : 'exit';
}

/** From a parent down to the child that it forks, and from a zombie up to the one who waits for it. */
function drawLinks(index: number, drawing: Drawing): void {
  const { rows, lines, scale } = drawing;
  const life = rows[index]?.life;
  if (!life || life.parent === undefined) return;
  const rowOf = (pid: number | undefined) =>
    rows.findLastIndex((row, at) => at < index && row.life.pid === pid);
  const mother = rowOf(life.parent);
  cross(mother, index, scale.x(life.born), drawing);
  lines[mother]?.put(scale.x(life.born), '┯', 'plain');
  if (life.ended === undefined || life.reaped === undefined || !isReaped(life, rows)) return;
  const reaper = rowOf(life.adopted?.by ?? life.parent);
  const x = scale.x(isVisible(life.ended, life.reaped) ? life.reaped : life.ended);
  cross(reaper, index, x, drawing);
  lines[reaper]?.put(x, '▲', 'plain');
  if (isVisible(life.ended, life.reaped)) lines[index]?.put(x, '┘', 'plain');
}

/** True if a process of this drawing has waited for it; not if it went with its parent, or to a new one. */
function isReaped({ parent, adopted, reaped }: Life, rows: readonly Row[]): boolean {
  const reaper = rows.find(({ life }) => life.pid === (adopted?.by ?? parent))?.life;
  return reaped !== undefined && reaper !== undefined && (reaper.ended ?? Infinity) >= reaped;
}

/** The rows between two rows that are linked. */
function cross(above: number, below: number, x: number, { rows, lines, scale }: Drawing): void {
  for (let index = above + 1; index < below; index += 1) {
    const { born = Infinity, ended, reaped } = rows[index]?.life ?? {};
    const lives = scale.x(born) <= x && x <= (ended === undefined ? scale.end : scale.x(ended));
    const isZombie =
      !lives &&
      ended !== undefined &&
      x > scale.x(ended) &&
      (reaped === undefined || x <= scale.x(reaped));
    const glyph = x === scale.x(born) ? '┝' : lives ? '┿' : '│';
    if (!isZombie) lines[index]?.put(x, glyph, glyph === '┝' ? 'plain' : 'dim');
  }
}

/** `▼SIGINT`, above the row of the program that got it. */
function drawSignals(signals: readonly Signal[], scale: Scale, width: number): Line[] {
  if (signals.length === 0) return [];
  const line = createLine(width);
  for (const { at, name } of signals) line.put(scale.x(at), `▼${name}`, 'alarm');
  return [line];
}

// --- around it ---

/** The glyphs that stand in this drawing. */
function drawLegend(rows: readonly Row[], width: number): Line[] {
  const lives = rows.map(({ life }) => life);
  const has = (what: 'waits' | 'stopped') =>
    lives.some(({ spells, ended }) =>
      spells.some(
        (spell) => spell.what === what && isVisible(spell.from, spell.to ?? ended ?? Infinity),
      ),
    );
  const children = lives.filter(({ parent }) => parent !== undefined);
  const parts = [
    '┯ fork',
    ...(has('waits') ? ['─ blocked in wait'] : []),
    ...(has('stopped') ? ['T stopped'] : []),
    ...(children.some(
      ({ ended, reaped = Infinity }) => ended !== undefined && isVisible(ended, reaped),
    )
      ? ['Z zombie']
      : []),
    ...(['exit', 'killed', 'unseen'] as const).flatMap((end) =>
      lives.some((life) => life.ended !== undefined && endOf(life) === end)
        ? [`${ENDS[end]} ${end === 'unseen' ? 'ended, not seen how' : end}`]
        : [],
    ),
    ...(children.some((life) => isReaped(life, rows)) ? ['▲ reaped'] : []),
    ...(lives.some(({ adopted }) => adopted) ? ['◇ new parent'] : []),
  ];
  const lines = [createLine(width)];
  let free = 2;
  for (const part of parts) {
    if (free + columnsOf(part) > width) {
      lines.push(createLine(width));
      free = 2;
    }
    lines.at(-1)?.put(free, part, 'quiet');
    free += columnsOf(part) + 3;
  }
  return lines;
}

/** For a screen with no room for bars. */
function inWords(rows: readonly Row[], width: number): string[] {
  return rows.map((row) => clean(`${labelOf(row)}  ${factsOf(row.life)}`, width));
}
