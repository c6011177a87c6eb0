// Whether an answer is right. White space, case and full-width signs never count; of a typed word, neither do its signs.

/** What somebody typed, as it is compared: `ＥＮＤ ` is `end`. */
export function plain(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** True if somebody typed what was printed. Lines may be typed with spaces between them. */
export function isPrinted(typed: string, printed: string): boolean {
  return plain(typed) === plain(printed);
}

/** True if somebody typed one of the right answers; only letters and digits count, so that SYN-ACK is syn ack. */
export function isOneOf(typed: string, right: readonly string[]): boolean {
  const bare = (text: string) => plain(text).replace(/[^\p{L}\p{N}]/gu, '');
  return bare(typed) !== '' && right.some((text) => bare(text) === bare(typed));
}

/** Which of the options somebody has chosen, by its number or its text; undefined if it is none. */
export function chosen(typed: string, options: readonly string[]): number | undefined {
  const text = plain(typed);
  if (/^\d+$/.test(text)) {
    const index = Number(text) - 1;
    return index >= 0 && index < options.length ? index : undefined;
  }
  const index = options.findIndex((option) => plain(option) === text);
  return index === -1 ? undefined : index;
}
