// A table of names and numbers as teachers keep it: CSV of two columns, for example from a spreadsheet.
import { clean } from '../../../test/harness/bytes.ts';
import { UserError } from '../../user-error.ts';

/**
 * Reads `name,number` line by line (RFC 4180 as far as it is needed: a name may stand in quotes; a comma in a name is one
 * of the name). A BOM, CRLF, empty lines and a first line whose second column is `header` are left out.
 * Throws {@link UserError} for a line that has no number of 0 or more, and for a name that comes twice.
 *
 * @param what how the table is called in an error: `--late file.csv`
 */
export function readPairs(text: string, header: string, what: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const comma = line.lastIndexOf(',');
    const name = unquoted(line.slice(0, Math.max(comma, 0)).trim());
    const figure = unquoted(line.slice(comma + 1).trim());
    if (index === 0 && figure.toLowerCase() === header) continue;
    if (name === '' || !/^\d+(\.\d+)?$/.test(figure)) {
      throw new UserError(
        `${what}, line ${index + 1}: expected a name, a comma and a number, got ${clean(line, 60)}`,
      );
    }
    if (pairs.has(name))
      throw new UserError(`${what}, line ${index + 1}: ${clean(name, 40)} is there twice`);
    pairs.set(name, Number(figure));
  }
  return pairs;
}

function unquoted(field: string): string {
  const inside = /^"(.*)"$/s.exec(field)?.[1];
  return (inside?.replaceAll('""', '"') ?? field).normalize('NFC');
}
