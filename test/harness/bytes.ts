// Bytes and text as a learner may see them: one safe terminal line, hex columns, the first difference of two.
import stringWidth from 'string-width';

/**
 * `bytes` on one line of at most `max` terminal columns (24 or more reads well).
 *
 * UTF-8 is shown as quoted text, with `\n \r \t \0 \\` and, for every character that a terminal would obey or
 * hide (ANSI escapes, bidi and zero-width characters, odd spaces), `\x1b` or `\u202e`. Anything else is shown as
 * hex: `ff fe 00 80`. A piece of a stream that begins or ends inside a character shows only those bytes
 * as hex: `8b "吃了么" e5 90`. What does not fit is replaced by the size: `"hello" … 65,536 bytes`.
 *
 * @param size the true length, when `bytes` is only the beginning (see PREVIEW in exchange.ts)
 */
export function showText(bytes: Uint8Array, max: number, size = bytes.length): string {
  // More than fills the line, however large the bytes are: a character has at most four.
  const most = Math.min(bytes.length, Math.max(64, max * 4));
  const cut = most < size;
  const parts = splitText(bytes.subarray(0, most));
  const [quote, glyphs] = parts
    ? quoteGlyphs(parts.text)
    : ['', [...hexGlyphs(bytes.subarray(0, most))]];
  const before = parts && parts.head.length > 0 ? `${hex(parts.head)} ` : '';
  const after = parts && parts.tail.length > 0 && !cut ? ` ${hex(parts.tail)}` : '';
  if (!cut) {
    const whole = fit(glyphs, max - 2 * quote.length - before.length - after.length);
    if (whole.complete) return `${before}${quote}${whole.text}${quote}${after}`;
  }
  const total = `… ${count(size, 'byte')}`;
  const { text } = fit(glyphs, max - 2 * quote.length - before.length - total.length - 1);
  return text === ''
    ? clean(total, max)
    : `${before}${quote}${parts ? text : text.trimEnd()}${quote} ${total}`;
}

/**
 * `text` without anything that a terminal would obey or hide: line breaks, ANSI escapes, bidi and zero-width
 * characters are shown as `\n`, `\x1b`, `\u202e`. Cut to `maxColumns` terminal columns, with `…` at the end.
 */
export function clean(text: string, maxColumns = Number.POSITIVE_INFINITY): string {
  const whole = fit(safeGlyphs(text), maxColumns);
  if (whole.complete) return whole.text;
  return maxColumns < 1 ? '' : `${fit(safeGlyphs(text), maxColumns - 1).text}…`;
}

/**
 * The bytes as `hexdump -C` shows them, 16 a line: offset in hex, hex, text.
 * A character of several bytes stands at its first byte, so columns keep their places; what cannot be shown is `.`.
 *
 * @param around show only the line that holds this offset, the one before and the one after
 */
export function hexLines(bytes: Uint8Array, around?: number): string[] {
  const lines: string[] = [];
  const held = around === undefined ? undefined : Math.floor(around / 16) * 16;
  const first = held === undefined ? 0 : Math.max(0, held - 16);
  const last = held === undefined ? bytes.length : Math.min(bytes.length, held + 32);
  for (let at = first; at < last; at += 16) {
    const line = bytes.subarray(at, Math.min(at + 16, bytes.length));
    const columns = `${hex(line.subarray(0, 8))}  ${hex(line.subarray(8))}`.padEnd(48);
    lines.push(`${at.toString(16).padStart(8, '0')}  ${columns}  |${textColumn(line)}|`);
  }
  return lines;
}

/** The offset of the first byte that differs, the shorter length if one only goes on, -1 if they are equal. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : shorter;
}

/**
 * Both sides around their first difference, in at most 4 lines of at most 72 columns:
 * hex and text of each, a caret under the byte, and what stands there. Offsets are decimal, from 0.
 */
export function showDifference(expected: Uint8Array, got: Uint8Array): string[] {
  const at = firstDifference(expected, got);
  if (at === -1) return [`both are the same ${count(got.length, 'byte')}`];
  const start = characterStart(expected, Math.max(0, at - BEFORE));
  const gap = start > 0 ? ' … ' : '  ';
  const side = (name: string, bytes: Uint8Array): string => {
    const window = bytes.subarray(start, start + WINDOW);
    const more = start + WINDOW < bytes.length ? ' …' : '';
    const columns = `${hex(window)}${more}`.padEnd(WINDOW * 3 + 1);
    return `${name.padEnd(8)}${gap}${columns} ${textColumn(window)}`.trimEnd();
  };
  const caret = `${' '.repeat(8 + gap.length + 3 * (at - start))}^^ first difference at byte ${at}`;
  return [side('expected', expected), side('got', got), caret, inWords(expected, got, at)];
}

/** The terminal columns that `text` takes, as string-width measures it (which is slow: what it said is kept). */
export function columnsOf(text: string): number {
  let columns = 0;
  if (PLAIN.test(text)) {
    for (let i = 0; i < text.length; i += 1) columns += text.charCodeAt(i) > 0x3000 ? 2 : 1;
    return columns;
  }
  for (const { segment } of segmenter.segment(text)) {
    let wide = measured.get(segment);
    if (wide === undefined) {
      wide = stringWidth(segment);
      if (measured.size < 4096) measured.set(segment, wide);
    }
    columns += wide;
  }
  return columns;
}

const measured = new Map<string, number>();

/** `1 byte`, `65,536 bytes`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Bytes of each side that {@link showDifference} shows, and how many of them stand before the difference. */
const WINDOW = 14;
const BEFORE = 6;

function inWords(expected: Uint8Array, got: Uint8Array, at: number): string {
  if (at === got.length) {
    const missing = showText(expected.subarray(at), 28);
    return `got ends after ${at.toLocaleString('en-US')} of ${count(expected.length, 'byte')}; missing: ${missing}`;
  }
  if (at === expected.length) {
    const more = showText(got.subarray(at), 24);
    return `got goes on after the ${count(at, 'expected byte')}: ${more}`;
  }
  return `there, expected ${oneCharacter(expected, at)}, got ${oneCharacter(got, at)}`;
}

/** The character that the byte at `at` belongs to, or that byte alone where it belongs to none. */
function oneCharacter(bytes: Uint8Array, at: number): string {
  const start = characterStart(bytes, at);
  const length = sequenceLength(bytes[start] ?? 0);
  const character = bytes.subarray(start, start + length);
  const whole = start + length > at && decode(character) !== undefined;
  return showText(whole ? character : bytes.subarray(at, at + 1), 24);
}

/** Goes back from `at` to the first byte of its UTF-8 character, at most 3 bytes. */
function characterStart(bytes: Uint8Array, at: number): number {
  for (let start = at; start >= 0 && start > at - 4; start -= 1) {
    if (!isContinuation(bytes[start])) return start;
  }
  return at;
}

interface TextParts {
  /** The end of a character whose beginning is not here. */
  readonly head: Uint8Array;
  readonly text: string;
  /** The beginning of a character whose end is not here. */
  readonly tail: Uint8Array;
}

/** Splits a piece of UTF-8 text from the half characters at its ends; undefined if it is no such piece. */
function splitText(bytes: Uint8Array): TextParts | undefined {
  let first = 0;
  while (first < 3 && isContinuation(bytes[first])) first += 1;
  let last = bytes.length;
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    if (sequenceLength(byte) > back) last = bytes.length - back;
    break;
  }
  if (first >= last && bytes.length > 0) return undefined;
  const text = decode(bytes.subarray(first, last));
  if (text === undefined) return undefined;
  return { head: bytes.subarray(0, first), text, tail: bytes.subarray(last) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return undefined;
    }
    throw error;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}

/** How many bytes the UTF-8 character has that begins with `lead` (RFC 3629 section 3); 1 where none does. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 1;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function* hexGlyphs(bytes: Uint8Array): Generator<string> {
  for (const [i, byte] of bytes.entries()) {
    const digits = byte.toString(16).padStart(2, '0');
    yield i === bytes.length - 1 ? digits : `${digits} `;
  }
}

/** One column a byte: a character that is whole in `bytes` is followed by `.` for its bytes that are left over. */
function textColumn(bytes: Uint8Array): string {
  let column = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    const text = at + length <= bytes.length ? decode(bytes.subarray(at, at + length)) : undefined;
    const shown = text !== undefined && !HIDDEN.test(text) && !MARK.test(text) ? text : '';
    const columns = columnsOf(shown);
    // A lone byte takes one column; no character is wider than its bytes are many, or it is not shown.
    if (shown === '' || columns > length) {
      column += '.';
      at += 1;
    } else {
      column += shown + '.'.repeat(length - columns);
      at += length;
    }
  }
  return column;
}

/** What a terminal would obey, hide, or show in a width that nobody can foretell; and blanks that are no space. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
/** What joins the character before it. */
const MARK = /[\p{M}\u{1f3fb}-\u{1f3ff}]/u;
/** ASCII, lines, arrowheads and common Chinese: one code unit is one character, wide above U+3000. Only for speed. */
const PLAIN = /^[ -~…\u2500-\u257f►◄\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]*$/;
/** Marks on one character that are kept: more than any script needs, fewer than would climb out of the line. */
const MOST_MARKS = 6;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const segmenter = new Intl.Segmenter();

/** The text as what takes columns: one character as a reader sees it, or one escape. */
function* safeGlyphs(text: string): Generator<string> {
  if (PLAIN.test(text)) {
    yield* text;
    return;
  }
  let joinable = false;
  for (const { segment } of segmenter.segment(text)) {
    let kept = '';
    let marks = 0;
    for (const character of segment) {
      const mark = MARK.test(character);
      if (mark) marks += 1;
      if (!HIDDEN.test(character) && (!mark || (joinable && marks <= MOST_MARKS))) {
        kept += character;
        joinable = true;
        continue;
      }
      if (kept) yield kept;
      kept = '';
      yield escape(character);
      // A mark after an escape would sit on the escape's last letter.
      joinable = false;
    }
    if (kept) yield kept;
  }
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = SHORT_ESCAPES[character];
  if (short) return short;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/** The quote that needs no escape in `text`, as node:util inspect chooses it, and the text's glyphs for it. */
function quoteGlyphs(text: string): [quote: string, glyphs: string[]] {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  return [quote, [...quoted(text, quote)]];
}

function* quoted(text: string, quote: string): Generator<string> {
  // Split first: safeGlyphs leaves a backslash of the text as it is, which here would look like an escape.
  // A `\0` before a digit is left to it: `\01` would be read as one escape.
  for (const part of text.split(/(\\|["']|\0(?![0-9]))/)) {
    if (part === '\\' || part === quote) yield `\\${part}`;
    else if (part === '\0') yield '\\0';
    else yield* safeGlyphs(part);
  }
}

/** As many glyphs as take at most `max` columns together. */
function fit(glyphs: Iterable<string>, max: number): { text: string; complete: boolean } {
  let text = '';
  let used = 0;
  for (const glyph of glyphs) {
    const columns = columnsOf(glyph);
    if (used + columns > max) return { text, complete: false };
    text += glyph;
    used += columns;
  }
  return { text, complete: max >= 0 };
}
