// Markup that is safe by default: a tagged template that escapes whatever is put into it.

/** Made by {@link html} or {@link trusted} only: what was read from a file cannot bear the mark. */
export interface Html {
  readonly [MARKUP]: string;
}

type Content = string | number | Html | false | undefined | readonly Content[];

const MARKUP = Symbol('markup');

/**
 * Markup with values in it: texts are escaped, markup and lists of it stay, `false` and `undefined` are nothing.
 * A value may stand in the text of an element, or between the double quotes of an attribute (never `href`, unless it begins
 * with `#`, nor `on…` or `style`); not in `<script>` or `<style>`.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const own = squeezed(parts);
  let markup = own[0] ?? '';
  values.forEach((value, index) => {
    markup += markupOf(value) + (own[index + 1] ?? '');
  });
  return { [MARKUP]: markup };
}

/** Text of our own as markup: constants of the program, nothing that was ever read. */
export function trusted(markup: string): Html {
  return { [MARKUP]: markup };
}

/** The markup of a value, as a string to be written or measured. */
export function markupOf(value: Content): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(markupOf).join('');
  return (value as Html)[MARKUP];
}

/**
 * `text` as the content of an element or a quoted attribute: the signs of HTML as entities; control characters as their
 * pictures (`␛`, U+2400 and after) and C1 as `\x9b`; half a surrogate pair as U+FFFD; what changes the direction of the text
 * (UAX #9) or hides in it as `\u202e`; more than {@link MOST_MARKS} marks on one character are dropped, lest they climb.
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The indentation of the source is not for the page: a third of its size. */
function squeezed(parts: TemplateStringsArray): readonly string[] {
  let own = SQUEEZED.get(parts);
  if (!own) {
    own = parts.map((part) => part.replace(/\n\s*/g, '\n'));
    SQUEEZED.set(parts, own);
  }
  return own;
}

const SQUEEZED = new WeakMap<TemplateStringsArray, readonly string[]>();

const MOST_MARKS = 6;

const UNSAFE = new RegExp(
  `[&<>"'\`\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\u200b\\u2060\\ufeff\\u{e0000}-\\u{e007f}]|(?<=\\p{M}{${MOST_MARKS}})\\p{M}`,
  'gu',
);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeCharacter(character: string): string {
  const entity = ENTITIES[character];
  if (entity) return entity;
  if (/\p{M}/u.test(character)) return '';
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code < 0xa0) return `\\x${code.toString(16)}`;
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
