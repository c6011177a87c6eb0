// The ladder: an exchange drawn as a sequence diagram in the terminal, one column an actor, time going down.
import { clean, columnsOf, count, showText } from './bytes.ts';
import type { Actor, Entry, Kind } from './exchange.ts';
import { createLine, time, type Line, type Tone } from './line.ts';

export interface LadderOptions {
  /** Terminal columns that no line exceeds. Default 80. */
  readonly width?: number;
  /** Colour by ANSI escapes. Default false. */
  readonly colour?: boolean;
  /** Draw lines and marks with ASCII only; what the programs said is still shown as it is. Default false. */
  readonly ascii?: boolean;
  /** The columns, in order. Default: the actors in order of appearance. */
  readonly actors?: readonly Actor[];
}

/** A ladder that is drawn while things happen. */
export interface Ladder {
  /** The actors' names over their lines. */
  header(): string[];
  /** One or two lines. */
  row(entry: Entry): string[];
}

/**
 * Draws a whole exchange. More than 4 pieces in a row of the same kind, way and moment become one row between
 * the first and the last of them.
 *
 * @param options.most how many rows to draw: those in the middle are folded, more of the end is kept than of the head
 */
export function drawLadder(
  entries: readonly Entry[],
  options: LadderOptions & { readonly most?: number } = {},
): string[] {
  const actors = options.actors ?? actorsOf(entries);
  const drawing = createDrawing({ ...options, actors });
  const steps = foldMiddle(foldBursts(entries), options.most ?? Number.POSITIVE_INFINITY);
  return [...drawing.header(), ...steps.flatMap((step) => drawing.step(step))];
}

/** A ladder for live use: the same rows as {@link drawLadder}, of actors known in advance, nothing folded. */
export function createLadder(
  options: LadderOptions & { readonly actors: readonly Actor[] },
): Ladder {
  const drawing = createDrawing(options);
  return { header: drawing.header, row: (entry) => drawing.step({ entry, stands: 1 }) };
}

/** Every actor who did something or had it done to; one who only remarks (the check) needs no line. */
function actorsOf(entries: readonly Entry[]): Actor[] {
  const actors = new Set<Actor>();
  for (const { kind, from, to } of entries) {
    if (to === undefined && (kind === 'note' || kind === 'waiting')) continue;
    actors.add(from);
    if (to !== undefined) actors.add(to);
  }
  return [...actors];
}

// What is drawn, before how.

/** What one row draws. */
interface Step {
  readonly entry: Entry;
  /** How many entries the row stands for. */
  readonly stands: number;
  /** Drawn in place of the bytes. */
  readonly label?: string;
  /** Some rows that are left out, of whatever kind. */
  readonly leftOut?: true;
}

const BURST: ReadonlySet<Kind> = new Set([
  'data',
  'datagram',
  'dropped',
  'stdin',
  'stdout',
  'stderr',
]);
/** More pieces than this are folded. */
const MOST_PIECES = 4;
/** Milliseconds of silence that end a burst: a pause is something to see. */
const PAUSE = 100;

function foldBursts(entries: readonly Entry[]): Step[] {
  const steps: Step[] = [];
  for (let first = 0; first < entries.length;) {
    let next = first + 1;
    while (next < entries.length && isSameBurst(entries[next - 1], entries[next])) next += 1;
    const burst = entries.slice(first, next);
    steps.push(...(burst.length > MOST_PIECES ? folded(burst) : burst.map(alone)));
    first = next;
  }
  return steps;
}

function alone(entry: Entry): Step {
  return { entry, stands: 1 };
}

function isSameBurst(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a === undefined || b === undefined || !BURST.has(a.kind)) return false;
  return a.kind === b.kind && a.from === b.from && a.to === b.to && b.at - a.at <= PAUSE;
}

/** The first piece, the many in between as one row, the last piece. */
function folded(burst: readonly Entry[]): Step[] {
  const [first, second] = burst;
  const last = burst.at(-1);
  if (!first || !second || !last) return burst.map(alone);
  const total = burst.reduce((sum, entry) => sum + sizeOf(entry), 0);
  const noun = first.kind === 'datagram' || first.kind === 'dropped' ? 'datagram' : 'piece';
  const more = burst.length - 2;
  const label = `… ${count(more, `more ${noun}`)}, ${count(total, 'byte')} in all`;
  return [alone(first), { entry: second, stands: more, label }, alone(last)];
}

function sizeOf(entry: Entry): number {
  return entry.size ?? entry.bytes?.length ?? 0;
}

/** Keeps `most` rows: a third from the head, the rest from the end, where a failing check stopped. */
function foldMiddle(steps: readonly Step[], most: number): Step[] {
  if (steps.length <= most + 1) return [...steps];
  const head = Math.ceil(most / 3);
  const tail = steps.length - (most - head);
  const [first] = steps.slice(head);
  if (!first) return [...steps];
  const stands = steps.slice(head, tail).reduce((sum, step) => sum + step.stands, 0);
  const hole: Step = { entry: first.entry, stands, leftOut: true };
  return [...steps.slice(0, head), hole, ...steps.slice(tail)];
}

/** How a kind is drawn. Between two actors it is an arrow, else a remark beside the actor's line. */
interface Look {
  /** Comes before the bytes or the note. */
  readonly word?: string;
  /** The note is the matter itself, not a remark in brackets. */
  readonly tells?: true;
  readonly shaft?: 'dashed';
  /** Where the arrow ends. */
  readonly ends?: 'stopped' | 'half way';
  /** What stands on or beside the actor's line, for a remark. */
  readonly mark?: 'start' | 'exit' | 'in' | 'out';
  readonly tone?: 'alarm' | 'quiet';
}

const LOOKS: Readonly<Record<Kind, Look>> = {
  start: { word: 'started:', tells: true, mark: 'start' },
  exit: { word: 'ended:', tells: true, mark: 'exit' },
  signal: { word: 'signal', tells: true, mark: 'in' },
  stdin: { word: 'stdin', mark: 'in' },
  stdout: { word: 'stdout', mark: 'out' },
  stderr: { word: 'stderr', mark: 'out' },
  connect: { word: 'connect', mark: 'out' },
  refused: { word: 'connect: refused', mark: 'out', ends: 'stopped', tone: 'alarm' },
  data: { mark: 'out' },
  end: { word: 'end (FIN)', mark: 'out' },
  reset: { word: '✗ reset (RST)', mark: 'out', tone: 'alarm' },
  datagram: { mark: 'out', shaft: 'dashed' },
  dropped: { mark: 'out', shaft: 'dashed', ends: 'half way', tone: 'alarm' },
  file: { word: 'wrote', tells: true, mark: 'out' },
  note: { tells: true, tone: 'quiet' },
  waiting: { word: '? waiting for', tells: true, shaft: 'dashed', tone: 'alarm' },
};

/** The words of a step, at most `max` columns, safe for a terminal. */
function words(step: Step, max: number): string {
  const { entry, label } = step;
  const look = LOOKS[entry.kind];
  const note = entry.note ?? '';
  const parts: string[] = [];
  if (look.word) parts.push(look.word);
  if (look.tells && note) parts.push(clean(note, max));
  const remark = !look.tells && note && !label ? clean(`(${note})`, Math.ceil(max / 2)) : '';
  const taken = columns(parts) + columns([remark]);
  if (label) parts.push(label);
  else if (entry.bytes) parts.push(showText(entry.bytes, Math.max(12, max - taken), entry.size));
  else if (entry.size !== undefined) parts.push(count(entry.size, 'byte'));
  if (remark) parts.push(remark);
  return clean(parts.join(' '), max).trimEnd();
}

/** The columns of the words, each with a blank after it. */
function columns(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + (text === '' ? 0 : columnsOf(text) + 1), 0);
}

// How it is drawn.

/** Columns for the time, with the blanks after it. */
const MARGIN = 9;
/** Fewer columns between two lines leave no place for an arrow. */
const LEAST_GAP = 8;
/** More columns between two lines only make the eye travel. */
const MOST_GAP = 60;
/** Where this much is free on an arrow, long words are cut to it; where less, they go on the line above. */
const ROOMY = 30;
/** Columns of a name in a sentence. */
const LONGEST_NAME = 16;

interface Drawing {
  header(): string[];
  step(step: Step): string[];
}

function createDrawing(options: LadderOptions & { readonly actors: readonly Actor[] }): Drawing {
  const { actors, width = 80, colour = false, ascii = false } = options;
  const render = (line: Line): string => line.render(colour, ascii);
  const places = placeActors(actors, width);
  if (places === undefined) return createList(actors, width, render);
  const { xs, names } = places;

  const rungs = (glyph = '│'): Line => {
    const line = createLine(width);
    for (const x of xs) line.put(x, glyph, 'dim');
    return line;
  };
  const placeOf = (actor: Actor | undefined): number | undefined =>
    actor === undefined ? undefined : xs[actors.indexOf(actor)];

  return {
    header() {
      if (xs.length === 0) return [];
      const line = createLine(width);
      for (const [i, name] of names.entries()) {
        line.put((xs[i] ?? 0) - Math.floor((columnsOf(name) - 1) / 2), name, `actor ${i}`);
      }
      return [render(line), render(rungs())];
    },

    step(step) {
      const { entry } = step;
      if (step.leftOut) {
        const line = rungs('┊');
        line.write(
          (xs[0] ?? MARGIN) + 3,
          `… ${step.stands.toLocaleString('en-US')} more …`,
          'quiet',
        );
        return [render(line)];
      }
      const a = placeOf(entry.from);
      const b = placeOf(entry.to);
      if (a === undefined || (entry.to !== undefined && b === undefined)) {
        const line = rungs();
        writeTime(line, entry.at);
        line.write(MARGIN, sentence(step, width - MARGIN, a !== undefined), toneOf(step));
        return [render(line)];
      }
      const lines =
        b === undefined || a === b
          ? remark(step, a, xs, width, rungs)
          : arrow(step, a, b, xs, width, rungs);
      const [first] = lines;
      if (first) writeTime(first, entry.at);
      return lines.map(render);
    },
  };
}

/** For a terminal with no room for the columns: one line an entry, `12 ms  老王 ► server "L 老王"`. */
function createList(
  actors: readonly Actor[],
  width: number,
  render: (line: Line) => string,
): Drawing {
  return {
    header: () => [],
    step(step) {
      const line = createLine(width);
      if (step.leftOut) {
        line.put(MARGIN, `… ${step.stands.toLocaleString('en-US')} more …`, 'quiet');
      } else {
        writeTime(line, step.entry.at);
        const { from } = step.entry;
        const said = sentence(step, Math.max(0, width - MARGIN), actors.includes(from));
        line.put(MARGIN, said, toneOf(step));
      }
      return [render(line)];
    },
  };
}

/** The step in one line, with its actors' names. The remark of one who takes no part (the check) needs no name. */
function sentence(step: Step, max: number, takesPart: boolean): string {
  const { kind, from, to } = step.entry;
  const tellsItself = !takesPart && to === undefined && (kind === 'note' || kind === 'waiting');
  const name = clean(from, LONGEST_NAME);
  const way = LOOKS[kind].ends ? '✗' : '►';
  const who = to === undefined || to === from ? name : `${name} ${way} ${clean(to, LONGEST_NAME)}`;
  const lead = tellsItself ? '' : `${who}  `;
  return clean(lead + words(step, Math.max(12, max - columnsOf(lead))), max).trimEnd();
}

/** Where each actor's line stands, and its name as it fits; undefined if there is no room to draw. */
function placeActors(
  actors: readonly Actor[],
  width: number,
): { xs: number[]; names: string[] } | undefined {
  const room = width - MARGIN;
  if (room < 20) return undefined;
  const longest = Math.floor(room / Math.max(1, actors.length)) - 1;
  const fitted = actors.map((actor) => clean(actor, Math.max(1, longest)));
  const before = Math.floor((columnsOf(fitted[0] ?? '') - 1) / 2);
  const after = Math.ceil((columnsOf(fitted.at(-1) ?? '') - 1) / 2);
  const first = MARGIN + Math.max(0, before);
  const between = actors.length - 1;
  const gap = between > 0 ? Math.floor((width - 1 - Math.max(0, after) - first) / between) : 0;
  if (between > 0 && gap < LEAST_GAP) return undefined;
  const step = Math.min(gap, MOST_GAP);
  const names = between > 0 ? fitted.map((name) => clean(name, step - 1)) : fitted;
  return { xs: actors.map((_, i) => first + i * step), names };
}

function arrow(
  step: Step,
  a: number,
  b: number,
  xs: readonly number[],
  width: number,
  rungs: () => Line,
): Line[] {
  const look = LOOKS[step.entry.kind];
  const tone = toneOf(step);
  const line = rungs();
  const right = b > a;
  const left = Math.min(a, b);
  const span = Math.abs(b - a);
  // `├── words ──►│`; half an arrow ends in `✗ lost`, and some of the way must stay empty.
  const room = span - 8 - (look.ends === 'half way' ? 9 : 0);
  const whole = words(step, width);
  const fits = columnsOf(whole) <= room;
  const label = fits || room >= ROOMY ? words(step, room) : '';
  const wide = columnsOf(label);

  const reach = look.ends === 'half way' ? Math.max(Math.ceil(span / 2), wide + 7) : span - 1;
  const dash = look.shaft === 'dashed' ? '┄' : '─';
  const way = (i: number): number => (right ? a + i : a - i);
  for (let i = 1; i <= reach; i += 1) {
    const x = way(i);
    line.put(x, xs.includes(x) ? '┼' : dash, tone === 'alarm' ? tone : 'dim');
  }
  line.put(a, right ? '├' : '┤', 'dim');
  if (look.ends) line.put(way(reach), '✗', 'alarm');
  else line.put(way(reach), right ? '►' : '◄', tone);
  if (look.ends === 'half way' && reach + 6 < span) {
    const lost = right ? way(reach) + 2 : way(reach) - 5;
    line.put(lost, 'lost', 'alarm');
  }
  if (fits || label) {
    line.write(placeLabel(a, way(reach), wide, xs), label, tone);
    return [line];
  }
  // Above the arrow, in the middle of its way where that is wide enough, and past the next lines where not.
  const above = rungs();
  const between = span - 3;
  const said = words(step, between >= ROOMY ? between : width - MARGIN - 2);
  const middle = left + Math.round((span - columnsOf(said)) / 2);
  const most = width - columnsOf(said);
  above.write(Math.max(MARGIN, Math.min(Math.max(left + 2, middle), most)), said, tone);
  return [above, line];
}

/**
 * The column where a label begins on the way from `tail` to `head`: in the middle of the way, or where that would
 * hide another actor's line, between two lines, as near to the middle as there is room.
 */
function placeLabel(tail: number, head: number, wide: number, xs: readonly number[]): number {
  const low = Math.min(tail, head);
  const high = Math.max(tail, head);
  const ends = [low, ...xs.filter((x) => x > low && x < high), high];
  const begins = ends.flatMap((end, i) => {
    const next = ends[i + 1];
    if (next === undefined || next - end < wide + 5) return [];
    return [end + Math.ceil((next - end + 1 - wide) / 2)];
  });
  const middle = low + Math.ceil((high - low + 1 - wide) / 2);
  const nearToFar = begins.toSorted(
    (a, b) =>
      Math.abs(a - middle) - Math.abs(b - middle) || Math.abs(a - tail) - Math.abs(b - tail),
  );
  return nearToFar[0] ?? middle;
}

/**
 * Words beside the actor's line: to the right where there is room up to the next line, else where there is more;
 * after the actor's name at the margin where neither side has room for them.
 */
function remark(
  step: Step,
  x: number,
  xs: readonly number[],
  width: number,
  rungs: () => Line,
): Line[] {
  const look = LOOKS[step.entry.kind];
  const tone = toneOf(step);
  const line = rungs();
  const whole = columnsOf(words(step, width));
  const next = xs.find((other) => other > x) ?? width;
  const previous = xs.findLast((other) => other < x) ?? MARGIN - 1;
  // Of the words' room: one column is the mark's, one a blank on each side.
  const right = next - x - 4;
  const left = x - previous - 4;
  const rightEdge = width - x - 3;
  const leftEdge = x - MARGIN - 3;
  const toRight =
    next === width && rightEdge < ROOMY && leftEdge > rightEdge
      ? false
      : whole <= right || (whole > left && (whole <= rightEdge || rightEdge >= leftEdge));
  const edge = toRight ? rightEdge : leftEdge;
  const outdented = width - MARGIN - columnsOf(clean(step.entry.from, LONGEST_NAME)) - 2;
  if (whole > edge && outdented > edge + 4) {
    line.write(MARGIN, sentence(step, width - MARGIN, true), tone);
    return [line];
  }
  const said = words(step, edge);
  if (look.mark === 'start') line.put(x, '●', tone);
  if (look.mark === 'exit') line.put(x, '■', tone);
  if (look.mark === 'in') line.put(toRight ? x + 1 : x - 1, toRight ? '◄' : '►', tone);
  if (look.mark === 'out') {
    line.put(x, toRight ? '├' : '┤', 'dim');
    line.put(toRight ? x + 1 : x - 1, toRight ? '►' : '◄', tone);
  }
  const beside = look.mark === 'in' || look.mark === 'out' ? 3 : 2;
  line.write(toRight ? x + beside : x - beside - columnsOf(said) + 1, said, tone);
  return [line];
}

function toneOf({ entry }: Step): Tone {
  return LOOKS[entry.kind].tone ?? 'plain';
}

function writeTime(line: Line, at: number): void {
  line.put(
    0,
    time(at)
      .padStart(MARGIN - 2)
      .slice(0, MARGIN - 1),
    'quiet',
  );
}
