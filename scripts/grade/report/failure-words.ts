// One failed check in words and as a picture: Saw / Expected / Usual cause / Look at, as `npm run ex` says them.
import { columnsOf } from '../../../test/harness/bytes.ts';
import type { CheckMark, LessonMark } from '../record.ts';
import { html, trusted, type Html } from './html.ts';

/** Characters of one text, rows of one picture, and characters of one row: more is cut, and ends in `…`. */
const MOST_TEXT = 400;
const MOST_ROWS = 40;
const MOST_ROW = 120;

/** A check that failed or could not be judged, with its title. */
export function failureWords({ lesson }: LessonMark, check: CheckMark): Html {
  const { title, id, points, verdict, attempts, saw, expected, bytes, diagnosis, trouble } = check;
  const ungraded = verdict === 'infra' || verdict === 'skipped';
  const ending = verdict === 'infra' ? 'trouble of the grader' : verdict;
  const again = attempts > 1 && `, tried ${attempts} times`;
  return html`<h5 class="${ungraded ? 'u' : 'x'}">
      ${cut(title)}
      <small
        >${shortId(id)} · ${points} ${points === 1 ? 'point' : 'points'} · ${ending}${again}</small
      >
    </h5>
    <dl>
      ${row(ungraded ? 'Why' : 'Saw', saw ?? firstLine(trouble))}${row('Expected', expected)}${
        bytes &&
        bytes.length > 0 &&
        html`<dt>Bytes</dt>
          <dd>${preformatted(bytes)}</dd>`
      }${row('Usual cause', diagnosis?.cause)}${
        !ungraded &&
        html`<dt>Look at</dt>
          <dd>${lookAt(lesson, check)}</dd>`
      }
    </dl> `;
}

/** The ladder and the timeline; undefined if there is none. */
export function pictureOf({ picture = [] }: CheckMark): Html | undefined {
  return picture.length === 0 ? undefined : preformatted(picture);
}

/** `echo` of `tcp-echo/echo`. */
export function shortId(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

/** At most `most` characters of a text, whole ones. */
export function cut(text: string, most = MOST_TEXT): string {
  if (text.length <= most) return text;
  // By code units first: splitting a text of any length into characters takes any time.
  const characters = Array.from(text.slice(0, most * 2 + 2));
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

function row(label: string, text: string | undefined): Html | undefined {
  if (text === undefined || text === '') return undefined;
  return html`<dt>${label}</dt>
    <dd>${cut(text)}</dd>`;
}

function lookAt(lesson: string, { step, lookAt }: CheckMark): Html {
  const at = lookAt?.step ?? step;
  return html`step ${at} of its README; a hint: <code>npm run ex -- hint ${lesson} ${at}</code>`;
}

/** What follows is the stack. */
function firstLine(trouble: string | undefined): string | undefined {
  return trouble?.split('\n', 1)[0];
}

function preformatted(lines: readonly string[]): Html {
  const shown = lines.slice(0, MOST_ROWS).map((line) => cut(line, MOST_ROW));
  const more = lines.length - shown.length;
  if (more > 0) shown.push(`… ${more} more rows`);
  return html`<pre>${shown.map((line, index) => [index > 0 && NEWLINE, monospaced(line)])}</pre>`;
}

/**
 * A character of two columns in a box of two columns: in most fonts Chinese is not twice as wide as `a`, and the lines of
 * a drawing would not meet. The fonts of a terminal see to that; those of a browser do not.
 */
function monospaced(line: string): (string | Html)[] {
  return line
    .split(WIDE)
    .map((part, index) => {
      if (index % 2 === 0) return part;
      return [...segmenter.segment(part)].map(({ segment }) =>
        columnsOf(segment) === 2 ? html`<i>${segment}</i>` : html`${segment}`,
      );
    })
    .flat();
}

const NEWLINE = trusted('\n');

const WIDE =
  /([\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}\u200d\ufe0f]+)/u;

const segmenter = new Intl.Segmenter();
