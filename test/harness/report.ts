// The words of a failed check: Saw / Expected / Usual cause / Look at, then the ladder, the seed and a line to run it again.
import pc from 'picocolors';
import type { CheckResult } from './check.ts';
import { drawLadder } from './ladder.ts';
import { drawTimeline } from './timeline.ts';
import { clean, columnsOf } from './bytes.ts';

export interface ReportOptions {
  readonly lesson: string;
  /** Terminal columns, default 80. */
  readonly width?: number;
  readonly colour?: boolean;
  /** `--solution`, when it is the solution that was judged. */
  readonly solution?: boolean;
  /** Rows of the ladder at most; 0 leaves it out. Default 24. */
  readonly rows?: number;
}

/** Everything a learner gets to read of one failed check, line by line. */
export function reportFailure(result: CheckResult, options: ReportOptions): string[] {
  const { lesson, width = 80, colour = false, solution = false, rows = 24 } = options;
  const paint = pc.createColors(colour);
  const { verdict, step, title } = result;
  const ending = verdict === 'failed' ? '' : ` (${verdict})`;
  const head = lines(`✗ step ${step}: ${title}${ending}`, width).map((line) => paint.red(line));
  if (verdict === 'infra') {
    return [
      ...head,
      '',
      ...labelled(
        'Trouble',
        'the workbook itself failed here, not your program. This check does not count.',
        width,
        paint.bold,
      ),
      ...(result.trouble ?? '')
        .split('\n')
        .slice(0, 6)
        .map((line) => `    ${clean(line, width - 4)}`),
    ];
  }
  return [
    ...head,
    '',
    ...labelled('Saw', result.saw ?? '', width, paint.bold),
    ...labelled('Expected', result.expected ?? '', width, paint.bold),
    ...(result.bytes ?? []).map((line) => `    ${clean(line, width - 4)}`),
    ...(result.diagnosis
      ? labelled('Usual cause', result.diagnosis.cause, width, paint.bold, MOST_OF_CAUSE)
      : []),
    ...labelled('Look at', lookAt(result, lesson), width, paint.bold),
    ...drawPicture(result, { rows, width, colour }),
    '',
    // In one piece, however narrow the screen is: it is there to be copied. The seed stands in it.
    paint.dim(`again: ${again(result, lesson, solution)}`),
  ];
}

/** What went over the wire, and the processes of it, as text. Empty if there is nothing to draw. */
export function drawPicture(
  result: Pick<CheckResult, 'exchange' | 'processes'>,
  { rows = 24, width = 80, colour = false }: Omit<ReportOptions, 'lesson' | 'solution'> = {},
): string[] {
  return [...ladder(result, rows, width, colour), ...timeline(result, rows, width, colour)];
}

/** The line that runs this one check again, with the same choices. */
export function again({ id, seed }: CheckResult, lesson: string, solution: boolean): string {
  return `npm run ex -- ${lesson} --test${solution ? ' --solution' : ''} --check ${id.replace(`${lesson}/`, '')} --seed ${seed}`;
}

function lookAt({ lookAt, step }: CheckResult, lesson: string): string {
  const at = lookAt?.step ?? step;
  return `step ${at} of its README; a hint: npm run ex -- hint ${lesson} ${at}`;
}

function ladder(
  { exchange }: Pick<CheckResult, 'exchange'>,
  rows: number,
  width: number,
  colour: boolean,
): string[] {
  if (rows === 0 || exchange.length === 0) return [];
  return ['', ...drawLadder(exchange, { width, colour, most: rows })];
}

function timeline(
  { exchange, processes }: Pick<CheckResult, 'exchange' | 'processes'>,
  rows: number,
  width: number,
  colour: boolean,
): string[] {
  const lines = rows === 0 ? [] : drawTimeline(processes, { width, colour, entries: exchange });
  return lines.length === 0 ? [] : ['', ...lines];
}

const LABEL = 14;
/** Lines of one label: what a program printed can be of any length. */
const MOST_LINES = 3;
/** A cause is our own text, and its end matters as much as its beginning. */
const MOST_OF_CAUSE = 5;

/** `Saw           what it is, broken into lines that fit`. */
function labelled(
  label: string,
  text: string,
  width: number,
  bold: (text: string) => string,
  most = MOST_LINES,
): string[] {
  return lines(text, Math.max(width - LABEL, 20), most).map(
    (line, index) =>
      `  ${index === 0 ? bold(label.padEnd(LABEL - 2)) : ' '.repeat(LABEL - 2)}${line}`,
  );
}

/** At most `most` lines of safe text; what is left over ends in `…`. */
function lines(text: string, columns: number, most = MOST_LINES): string[] {
  // Cut first: breaking a text of any length into lines takes any time.
  const all = wrap(clean(text, columns * most), columns);
  if (all.length <= most) return all;
  return [...all.slice(0, most - 1), clean(all.slice(most - 1).join(' '), columns)];
}

/** Breaks a text into lines of at most `columns`, at spaces where there are some. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\s)/)) {
    if (columnsOf(line + word.trimEnd()) <= columns) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line.trimEnd());
    line = '';
    for (const sign of word) {
      if (columnsOf(line + sign) > columns) {
        lines.push(line);
        line = '';
      }
      line += sign;
    }
  }
  return [...lines, line.trimEnd()].filter((one, index) => one !== '' || index === 0);
}
