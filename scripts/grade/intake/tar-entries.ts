// The entries of a tar that lies in memory: ustar with the long names of GNU and the extended headers of pax.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13 (ustar, pax)
// https://www.gnu.org/software/tar/manual/html_node/Standard.html (GNU)
//
// Not by tar-stream: there are headers (a folder that says it has a size, for one) at which it waits for ever.
import { Unreadable } from './refusal.ts';

export interface TarEntry {
  readonly name: string;
  /** The type flag: `0` file, `1` hard link, `2` symbolic link, `5` folder … */
  readonly type: string;
  /** Where a link leads. */
  readonly link: string;
  /** A view of the tar, not a copy. */
  readonly bytes: Buffer;
  /** True if it says by extended headers that it is a file with holes. */
  readonly sparse: boolean;
}

/** What an extended header says of the entry behind it. */
type Extended = ReadonlyMap<string, string>;

/** Bytes. Everything in a tar begins at a multiple of it. */
const BLOCK = 512;

/** Reads the entries one by one. Throws {@link Unreadable} where the tar is damaged or cut off. */
export function* entriesOf(tar: Buffer): Generator<TarEntry> {
  let always: Extended = new Map();
  let once: Extended = new Map();
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    // Two blocks of zeros are the end. GNU tar takes one for it, too.
    if (header.every((byte) => byte === 0)) return;
    if (number(header, 148, 8) !== checksum(header))
      throw new Unreadable(
        at === 0 ? 'neither a zip nor a tar, or a broken one' : 'a broken tar: damaged',
      );
    at += BLOCK;
    const type = String.fromCharCode(header[156] || 0x30);
    const said: Extended = isExtended(type) ? new Map() : new Map([...always, ...once]);
    const size = sizeOf(header, type, said);
    const bytes = tar.subarray(at, at + size);
    if (bytes.length < size) throw new Unreadable('a broken tar: cut off');
    at += Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'g') always = new Map([...always, ...records(bytes)]);
    else if (isExtended(type)) once = new Map([...once, ...extended(type, bytes)]);
    else {
      once = new Map();
      yield {
        name: said.get('path') ?? nameIn(header),
        type,
        link: said.get('linkpath') ?? text(header, 157, 100),
        bytes,
        sparse: [...said.keys()].some((key) => key.startsWith('GNU.sparse')),
      };
    }
  }
  throw new Unreadable('a broken tar: cut off');
}

/** An entry that says something of the next one: by pax, or by GNU tar a long name or a long link. */
function isExtended(type: string): boolean {
  return 'xgLK'.includes(type);
}

function extended(type: string, bytes: Buffer): Extended {
  if (type === 'x') return records(bytes);
  return new Map([[type === 'L' ? 'path' : 'linkpath', text(bytes, 0, bytes.length)]]);
}

/** Links, devices, folders and pipes have no bytes, whatever they say. */
function sizeOf(header: Buffer, type: string, said: Extended): number {
  if ('123456'.includes(type)) return 0;
  const size = said.get('size');
  const bytes = size === undefined ? number(header, 124, 12) : Number(size);
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw new Unreadable('a broken tar: a size that is none');
  return bytes;
}

/** `<length> <key>=<value>\n`, as often as there is room; the length is that of the whole record in bytes. */
function records(bytes: Buffer): Extended {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const [, digits = ''] = /^(\d{1,8}) /.exec(bytes.toString('latin1', at, at + 10)) ?? [];
    const end = at + Number(digits);
    const record = bytes.toString('utf8', at + digits.length + 1, end - 1);
    const equals = record.indexOf('=');
    if (digits === '' || end > bytes.length || bytes[end - 1] !== 0x0a || equals === -1)
      throw new Unreadable('a broken tar: an extended header that cannot be read');
    found.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return found;
}

function nameIn(header: Buffer): string {
  const name = text(header, 0, 100);
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Text up to a NUL. */
function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

/** Octal digits, or, where the first bit is set, a binary number (GNU tar, for what has more digits); else NaN. */
function number(header: Buffer, from: number, length: number): number {
  const field = header.subarray(from, from + length);
  if (field[0] === 0x80 && field.subarray(1, -6).every((byte) => byte === 0))
    return field.readUIntBE(length - 6, 6);
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** The sum of all bytes, with spaces where it stands itself. */
function checksum(header: Buffer): number {
  const sum = (bytes: Buffer) => bytes.reduce((all, byte) => all + byte, 0);
  return sum(header) - sum(header.subarray(148, 156)) + 8 * 0x20;
}
