// The diagnoses of files: the usual cause of what a check has seen. The first that applies is told.
import type { Diagnosis, Seen } from '#harness';

const REPLACEMENT = Buffer.from('\uFFFD');

export const diagnoses: readonly Diagnosis[] = [
  {
    id: 'code-units',
    when: ({ counted, text }) =>
      typeof text === 'string' && counted === said(text, text.length) && hasPairs(text),
    cause: () =>
      'the length of a string counts units of 16 bits. A character beyond U+FFFF takes two of them: go through the string character by character.',
    step: 1,
    hint: 3,
  },
  {
    id: 'same-number',
    when: ({ counted, text }) =>
      typeof text === 'string' &&
      text.length > 0 &&
      /^(\d+) bytes, \1 characters$/.test(String(counted)),
    cause: ({ counted, text }) =>
      Number.parseInt(String(counted)) === Buffer.byteLength(String(text))
        ? 'both numbers are that of the bytes. A Chinese character takes three bytes in UTF-8: decode the bytes, all of them, and count what the text has.'
        : 'both numbers are that of the text. A Chinese character takes three bytes in UTF-8: count the bytes before you decode them.',
    step: 1,
    hint: 2,
  },
  {
    id: 'mark-dropped',
    when: ({ counted, text }) =>
      typeof text === 'string' &&
      text.startsWith('\uFEFF') &&
      counted === said(text, [...text].length - 1),
    cause: () =>
      'the byte order mark at the beginning, EF BB BF, was left out. A TextDecoder drops it, unless it is told `ignoreBOM: true`; toString() keeps it.',
    step: 1,
    hint: 3,
  },
  {
    id: 'trimmed',
    when: ({ counted, text }) =>
      typeof text === 'string' &&
      text !== text.trim() &&
      counted === said(text, [...text.trim()].length),
    cause: () =>
      'a line end is a character, too, and so is a space: count all that is in the file.',
    step: 1,
    hint: 3,
  },
  {
    id: 'signs-counted',
    when: ({ counted, text }) =>
      typeof text === 'string' &&
      counted === said(text, [...new Intl.Segmenter().segment(text)].length),
    cause: () =>
      'what a reader takes for one sign was counted once. Here a character is a code point: an i and the accent above it are two. To go through a string gives code points.',
    step: 1,
    hint: 3,
  },
  {
    id: 'decoder-error-told',
    when: ({ refusedBytes, stderr }) =>
      Buffer.isBuffer(refusedBytes) && stderr.includes('ERR_ENCODING'),
    cause: () =>
      'the bytes were refused, and the code of the decoder was told, which says little to whoever called. Throw notText() in its place.',
    step: 1,
    hint: 3,
  },
  {
    id: 'decodes-anything',
    when: ({ refusedBytes, exit, stdout }) =>
      Buffer.isBuffer(refusedBytes) && exit?.code === 0 && /\d+ bytes, \d+ char/.test(stdout),
    cause: () =>
      'decoding does not fail by itself: it writes U+FFFD for what it cannot read. Ask the bytes first, or use a decoder that is fatal.',
    step: 1,
    hint: 2,
  },
  {
    id: 'refuses-replacement',
    when: ({ check, text, exit }) =>
      check === 'not-utf8' && typeof text === 'string' && exit?.code === 1,
    cause: () =>
      'this text is UTF-8: U+FFFD is a character like others, EF BF BD, and may stand in it. Ask the bytes, not the text that was made of them.',
    step: 1,
    hint: 3,
  },
  {
    id: 'new-over-old',
    when: ({ touched }) => touched === true,
    cause: () =>
      'the file that was there was opened for writing. With the flag `w` it is emptied, with `a` it is added to; `wx` refuses.',
    step: 2,
    hint: 2,
  },
  {
    id: 'refusal-not-told',
    when: ({ check, refusedArgs, exit }) =>
      check === 'new' && Array.isArray(refusedArgs) && exit?.code === 0,
    cause: () =>
      'nothing was written, and nobody was told: whoever called the program thinks that the text is in the file. Say it on stderr, and end with status 1.',
    step: 2,
    hint: 3,
  },
  {
    id: 'check-then-write',
    when: ({ throughLink }) => throughLink === true,
    cause: () =>
      'first it was asked whether the file is there, and the answer was no: the question follows the link. Between question and answer everything can change. `wx` asks and makes in one call.',
    step: 2,
    hint: 3,
  },
  {
    id: 'not-emptied',
    when: writing(
      ({ wrote, got, before, text }) =>
        wrote === 'replace' &&
        got.length === before.length &&
        got.subarray(0, text.length).equals(text),
    ),
    cause: () =>
      'the file was written over from its beginning, and what was longer is still there. The flag `w` empties it first, `r+` does not.',
    step: 2,
    hint: 2,
  },
  {
    id: 'replace-appends',
    when: writing(
      ({ wrote, got, before, text }) =>
        wrote === 'replace' && got.equals(Buffer.concat([before, text])),
    ),
    cause: () => 'the text went behind the old one: that is what the flag `a` does. `w` empties.',
    step: 2,
    hint: 2,
  },
  {
    id: 'append-empties',
    when: writing(({ wrote, got, text }) => wrote === 'append' && got.equals(text)),
    cause: () => 'what was in the file is gone: the flag `w` empties it. `a` writes behind it.',
    step: 2,
    hint: 2,
  },
  {
    id: 'append-over',
    when: writing(
      ({ wrote, got, text, before }) =>
        wrote === 'append' &&
        got.length === before.length &&
        got.subarray(0, text.length).equals(text),
    ),
    cause: () =>
      'the text went over the beginning of the file: `r+` begins at 0. `a` writes behind the end, wherever that is by then.',
    step: 2,
    hint: 2,
  },
  {
    id: 'needs-file',
    when: ({ refusedWrite, stderr }) =>
      ['new', 'replace', 'append'].includes(String(refusedWrite)) && stderr.includes('ENOENT'),
    cause: () =>
      'the file had to be there already: `r` and `r+` ask for that. `wx`, `w` and `a` make it.',
    step: 2,
    hint: 2,
  },
  {
    id: 'refuses-old',
    when: ({ refusedWrite, stderr }) =>
      ['replace', 'append'].includes(String(refusedWrite)) && stderr.includes('EEXIST'),
    cause: () => 'an `x` in the flag refuses a file that is there. Only `new` wants that.',
    step: 2,
    hint: 2,
  },
  {
    id: 'opened-for-reading',
    when: ({ refusedWrite, stderr }) => refusedWrite !== undefined && stderr.includes('EBADF'),
    cause: () =>
      'the flag `r` is for reading, and a write to such a file fails with EBADF. `r+` is for both.',
    step: 3,
    hint: 2,
  },
  {
    id: 'nothing-written',
    when: writing(
      ({ wrote, got, before }) =>
        /^(new|replace|append)$/.test(wrote) &&
        got.equals(wrote === 'append' ? before : Buffer.alloc(0)),
    ),
    cause: () =>
      'the file was opened with the right flag, and nothing was written into it: writeFile() of the handle does that.',
    step: 2,
    hint: 4,
  },
  {
    id: 'line-end-added',
    when: writing(
      ({ wrote, got, before, text }) =>
        /^(new|replace|append)$/.test(wrote) &&
        got.equals(
          Buffer.concat([wrote === 'append' ? before : Buffer.alloc(0), text, Buffer.from('\n')]),
        ),
    ),
    cause: () => 'a line end was written behind the text. Here the text is all that is written.',
    step: 2,
    hint: 4,
  },
  {
    id: 'not-awaited',
    // The error of a call that nobody awaits has no place in the program: Node shows it without a line of the source.
    when: ({ noRoom, crash, stderr }) =>
      noRoom === true && (crash !== undefined || /^Node\.js v\d/m.test(stderr)),
    cause: () =>
      'nobody waited for the write. It failed, and its error came when the program was already elsewhere, outside every `try`. Put `await` before it.',
    hint: 4,
  },
  {
    id: 'counts-characters',
    when: ({ writtenSaid, writtenText }) =>
      typeof writtenText === 'string' &&
      Number(String(writtenSaid).match(/^(\d+) bytes/)?.[1]) === writtenText.length &&
      writtenText.length !== Buffer.byteLength(writtenText),
    cause: () =>
      'the characters of the text were counted. What is written are bytes: make them first, Buffer.from(text), and take their length.',
    step: 2,
    hint: 4,
  },
  {
    id: 'wrong-position',
    when: ({ check, writtenSaid, writtenText }) =>
      (check === 'says-where' || check === 'replace') &&
      typeof writtenText === 'string' &&
      new RegExp(`^${Buffer.byteLength(writtenText)} bytes, from byte \\d+$`).test(
        String(writtenSaid),
      ),
    cause: () =>
      'the number of bytes is right, the position is not. Node has no tell(): when the bytes are written, they are the last ones of the file, whose size you can ask for.',
    step: 2,
    hint: 4,
  },
  {
    id: 'emptied-for-update',
    when: writing(
      ({ at, got, text }) =>
        at !== undefined && got.equals(Buffer.concat([Buffer.alloc(at), text])),
    ),
    cause: () =>
      'all that was in the file is gone: the flag `w` empties a file, also one that should be changed in one place only. `r+` does not.',
    step: 3,
    hint: 2,
  },
  {
    id: 'position-ignored',
    when: writing(
      ({ at, got, text, before }) => at !== undefined && got.equals(Buffer.concat([before, text])),
    ),
    cause: () =>
      'the text went to the end of the file, whatever its position: so does every write to a file that was opened with `a`. Open it with `r+`.',
    step: 3,
    hint: 2,
  },
  {
    id: 'at-the-beginning',
    when: writing(
      ({ at, got, text, before }) =>
        at !== undefined &&
        got.length === before.length &&
        got.subarray(0, text.length).equals(text),
    ),
    cause: () =>
      'the text went to the beginning. A file that was opened with `r+` is at 0; a write goes elsewhere only if it is given its position.',
    step: 3,
    hint: 3,
  },
  {
    id: 'text-in-between',
    when: writing(({ at, got }) => at !== undefined && got.includes(REPLACEMENT)),
    cause: () =>
      'the whole file was read as text and written again: what was no whole character became EF BF BD. Write your bytes at their position, and touch no others.',
    step: 3,
    hint: 2,
  },
  {
    id: 'position-in-characters',
    when: writing(
      ({ at, got, before, text }) =>
        at !== undefined &&
        got.length > at &&
        got.indexOf(text) === Buffer.byteLength(before.toString().slice(0, at)),
    ),
    cause: () =>
      'the position was counted in characters. In a file it is counted in bytes, and 你 has three.',
    step: 3,
    hint: 2,
  },
  {
    id: 'makes-file',
    when: ({ check, madeFile, refusedArgs }) =>
      check === 'no-file' &&
      (madeFile === true || (Array.isArray(refusedArgs) && refusedArgs[0] === '3')),
    cause: () =>
      'a file was made where none was: `w` and `a` do that. Whoever changes a part of a file needs the file, and `r+` says ENOENT.',
    step: 3,
    hint: 2,
  },
  {
    id: 'whole-file',
    when: reading(
      ({ content, wanted, got }) =>
        content !== undefined && got.equals(content) && got.length > wanted.length,
    ),
    cause: () =>
      'the whole file was printed. `start`, `last` and `length` say which piece of it: work out `from` and `end` of them.',
    step: 3,
    hint: 4,
  },
  {
    id: 'from-beginning',
    when: reading(
      ({ content, wanted, got }) =>
        content !== undefined &&
        wanted.length > 0 &&
        got.equals(content.subarray(0, wanted.length)) &&
        !got.equals(wanted),
    ),
    cause: () =>
      'these bytes stand at the beginning of the file. A read without a position goes on from where the file stands, at first 0: work out where the piece begins, and give that to read().',
    step: 3,
    hint: 3,
  },
  {
    id: 'length-as-end',
    when: reading(({ content, pieceAsked, wanted, got, characters }) => {
      const { start = 0, last, length } = pieceAsked;
      if (content === undefined || length === undefined || wanted.length === 0) return false;
      if (got.equals(characters)) return false; // behind the last character there is nothing, either
      const from = last === undefined ? start : Math.max(0, content.length - last);
      return from > 0 && got.equals(content.subarray(from, Math.max(from, length)));
    }),
    cause: () =>
      'the length was taken for the place where the piece ends. It ends so many bytes behind the place where it begins.',
    step: 3,
    hint: 4,
  },
  {
    id: 'less-than-nothing',
    when: ({ check, pieceAsked, stderr }) =>
      check === 'past-end' && pieceAsked !== undefined && /ERR_(OUT_OF|INVALID)/.test(stderr),
    cause: () =>
      'where the piece begins behind the end of the file, end minus from is less than 0, and no buffer can be that. Math.max() keeps it at 0.',
    step: 3,
    hint: 4,
  },
  {
    id: 'end-inclusive',
    when: reading(({ wanted, got, more }) => got.equals(more) && got.length === wanted.length + 1),
    cause: () =>
      'one byte too many: the `end` of createReadStream is the last byte that is read, not the one behind it.',
    step: 3,
    hint: 3,
  },
  {
    id: 'one-short',
    when: reading(({ wanted, got }) => wanted.length > 0 && got.equals(wanted.subarray(0, -1))),
    cause: () =>
      'the last byte is missing. From `start` on, `length` bytes end before `start + length`.',
    step: 3,
    hint: 3,
  },
  {
    id: 'zero-padding',
    when: reading(
      ({ wanted, got }) =>
        got.length > wanted.length &&
        got.subarray(0, wanted.length).equals(wanted) &&
        got.subarray(wanted.length).every((byte) => byte === 0),
    ),
    cause: () =>
      'the whole buffer was printed, also what no read has filled. A read says how many bytes it has read: take only these.',
    step: 3,
    hint: 3,
  },
  {
    id: 'decoded',
    when: reading(({ wanted, got }) => got.includes(REPLACEMENT) && !wanted.includes(REPLACEMENT)),
    cause: () =>
      'the bytes were made a text: what was no whole character became EF BF BD. Print the bytes as they are.',
    step: 3,
    hint: 3,
  },
  {
    id: 'read-in-characters',
    when: reading(({ characters, got, wanted }) => got.equals(characters) && !got.equals(wanted)),
    cause: () => 'start and length were counted in characters. In a file they are bytes.',
    step: 3,
    hint: 3,
  },
  {
    id: 'before-the-beginning',
    when: ({ check, pieceAsked, stderr, exit, wanted, got }) =>
      check === 'from-end' &&
      (pieceAsked as Asked | undefined)?.last === 1000 &&
      ((exit?.code === 1 && /EINVAL|ERR_/.test(stderr)) ||
        (Buffer.isBuffer(got) && Buffer.isBuffer(wanted) && got.length < wanted.length)),
    cause: () =>
      'size minus 1000 is negative, and a position cannot be. If more is asked for than there is, begin at 0.',
    step: 3,
    hint: 4,
  },
  {
    id: 'counts-from-start',
    when: ({ check, pieceAsked, got, wanted }) =>
      check === 'from-end' &&
      (pieceAsked as Asked | undefined)?.last !== undefined &&
      Buffer.isBuffer(got) &&
      Buffer.isBuffer(wanted) &&
      !got.equals(wanted),
    cause: () =>
      'the position was not counted from the end: the end is at the size of the file, so the piece begins at size - last.',
    step: 3,
    hint: 4,
  },
  {
    id: 'reads-all',
    when: ({ check, stderr, excess, exit, got }) =>
      check === 'far' &&
      (excess === 'memory' ||
        /ERR_FS_FILE_TOO_LARGE|MemoryError|heap/.test(stderr) ||
        exit?.code === 134 ||
        (exit?.code === 1 && Buffer.isBuffer(got) && got.length === 0)),
    cause: () =>
      'the file was to be read as a whole, to take three bytes out of it. Open it, and give read() the position.',
    step: 3,
    hint: 2,
  },
  {
    id: 'said-too-early',
    when: ({ saidBefore, diskFull, claimed }) =>
      saidBefore === true || (diskFull === true && Number(claimed) > 0),
    cause: () =>
      'it was said before the write was done. A call that writes only begins the work: what comes after it in the program comes before its end, unless you await it.',
    step: 4,
    hint: 2,
  },
  {
    id: 'never-synced',
    when: ({ neverSynced }) => neverSynced === true,
    cause: () =>
      'nothing waited until the disk has it. A write is done when the kernel has the bytes; sync() is done when the disk has them, if it is awaited. Here it would have failed: this was a pipe.',
    step: 4,
    hint: 2,
  },
  {
    id: 'wrong-number',
    when: ({ notSaved, stdout }) =>
      stdout.split('\n').filter((line) => /^saved \d+$/.test(line)).length >=
      Number(/^saved (\d+)$/.exec(String(notSaved))?.[1] ?? Number.NaN),
    cause: () =>
      'a line was confirmed, with another number. The first line is number 1, and each has one more than the line before.',
    step: 4,
    hint: 4,
  },
  {
    id: 'keeps-back',
    when: ({ notSaved, exit }) => notSaved !== undefined && exit === undefined,
    cause: () =>
      'the line was kept back, until more comes or until the end. Who waits for "saved" before the next line waits for ever. Write, sync and say it for each line as it comes.',
    step: 4,
    hint: 2,
  },
  {
    id: 'no-line-end',
    when: ({ check, wanted, got }) =>
      (check === 'saved' || check === 'together') &&
      Buffer.isBuffer(got) &&
      Buffer.isBuffer(wanted) &&
      got.length > 0 &&
      (got.equals(Buffer.from(wanted.toString().replaceAll('\n', ''))) ||
        got.equals(wanted.subarray(0, -1))),
    cause: () =>
      'a line end is missing. The line comes without it: write one behind each line, also behind the last.',
    step: 4,
    hint: 4,
  },
  {
    id: 'journal-empties',
    when: ({ again, wanted, got }) =>
      again === true &&
      Buffer.isBuffer(got) &&
      Buffer.isBuffer(wanted) &&
      got.length < wanted.length,
    cause: () =>
      'what an earlier run has written is gone: the flag `w` empties the file when it is opened. `a` goes on behind it.',
    step: 4,
    hint: 3,
  },
  {
    id: 'written-over',
    when: ({ together, wanted, got }) =>
      together === true && Buffer.isBuffer(got) && Buffer.isBuffer(wanted) && !got.equals(wanted),
    cause: () =>
      'the lines of one went over those of the other: each remembered a place of its own, and wrote there. With the flag `a` the kernel looks for the end at each write.',
    step: 4,
    hint: 3,
  },
  {
    id: 'last-line-lost',
    when: ({ atEnd, wanted, got }) =>
      atEnd === true &&
      Buffer.isBuffer(got) &&
      Buffer.isBuffer(wanted) &&
      got.equals(wanted.subarray(0, wanted.lastIndexOf('\n', -2) + 1)),
    cause: () =>
      'the last line of the input has no line end. What is left when the input ends is a line, too.',
    step: 4,
    hint: 3,
  },
  {
    id: 'not-in-file',
    when: ({ check, wanted, got }) =>
      check === 'saved' &&
      Buffer.isBuffer(got) &&
      Buffer.isBuffer(wanted) &&
      got.length < wanted.length,
    cause: () =>
      'it was said, and is not in the file: the write had not been done, or was never waited for.',
    step: 4,
    hint: 2,
  },
  {
    id: 'never-closed',
    when: ({ timesOpen: times }) => Number(times) > 1,
    cause: () =>
      'each line opens the file again, and nobody closes it. A process may have so many files open and no more: then open() fails with EMFILE. Open it once, before the loop.',
    step: 4,
    hint: 3,
  },
  {
    id: 'error-swallowed',
    when: ({ diskFull, swallowed, exit, crash }) =>
      (diskFull === true || swallowed === true) && exit?.code === 0 && crash === undefined,
    cause: () =>
      'the write failed, and nobody heard of it. An error that is caught has to be said: complain() does.',
    step: 4,
    hint: 4,
  },
  {
    id: 'goes-on-after-error',
    when: ({ diskFull, exit, stderr }) =>
      diskFull === true && exit?.code === 1 && stderr.trim().split('\n').length > 1,
    cause: () =>
      'it was said more than once. When a line could not be saved, a journal that goes on has a hole: stop at the first error.',
    step: 4,
    hint: 4,
  },
  {
    id: 'size-in-characters',
    when: ({ check, printed, text }) =>
      check === 'look' &&
      typeof text === 'string' &&
      Array.isArray(printed) &&
      printed[0] === `诗.txt: file, ${text.length} bytes`,
    cause: () =>
      'the characters of the file were counted. Its size in bytes is known without reading it: stat() tells.',
    step: 5,
    hint: 2,
  },
  {
    id: 'not-sorted',
    when: ({ check, printed, wantedLines }) =>
      check === 'look' &&
      Array.isArray(printed) &&
      Array.isArray(wantedLines) &&
      printed.join('\n') !== wantedLines.join('\n') &&
      printed.toSorted().join('\n') === wantedLines.toSorted().join('\n'),
    cause: () =>
      'all lines are right, and in another order. A directory promises none, so sort the names: sort() compares their codes, capital letters before small ones, and gives the same on every machine. localeCompare() sorts as people do, in each country differently.',
    step: 5,
    hint: 4,
  },
  {
    id: 'link-not-followed',
    when: ({ check, printed }) =>
      check === 'look' && Array.isArray(printed) && printed.includes('link: something else'),
    cause: () =>
      'the link itself was asked: lstat() does that. stat() follows it, and tells what it leads to.',
    step: 5,
    hint: 3,
  },
  {
    id: 'names-left-out',
    when: ({ check, printed }) =>
      check === 'look' &&
      Array.isArray(printed) &&
      printed.some((line) => line.startsWith('目录: directory')) &&
      !printed.some((line) => line === '  .a'),
    cause: () =>
      'names that begin with a dot are missing. To the kernel they are names like others; only ls and the shell leave them out.',
    step: 5,
    hint: 2,
  },
  {
    id: 'missing-is-error',
    when: ({ check, stderr, exit, printed }) =>
      check === 'look' &&
      exit?.code === 1 &&
      Array.isArray(printed) &&
      /ENOENT|ENOTDIR/.test(stderr),
    cause: () =>
      'that nothing is there is an answer, not a failure. stat() tells it by ENOENT, or by ENOTDIR where a file stands in the middle of the path.',
    step: 5,
    hint: 3,
  },
  {
    id: 'opens-pipe',
    when: ({ check, stillRunning }) => check === 'look-odd' && stillRunning === true,
    cause: () =>
      'the program opened the pipe, and waits until somebody writes into it. stat() tells what stands under a name without opening it.',
    step: 5,
    hint: 2,
  },
  {
    id: 'not-a-file',
    when: ({ check, printed }) =>
      check === 'look-odd' && Array.isArray(printed) && /: file, /.test(String(printed[0])),
    cause: () =>
      'what is no directory was taken for a file. There are pipes, sockets and devices as well: ask isFile().',
    step: 5,
    hint: 3,
  },
  {
    id: 'error-is-absence',
    when: ({ saidOfLoop }) => typeof saidOfLoop === 'string' && saidOfLoop.includes('not there'),
    cause: () =>
      'every error was taken for "not there", as existsSync does it. Only ENOENT and ENOTDIR mean that; ELOOP or EACCES mean that nobody could find out.',
    step: 5,
    hint: 3,
  },
  {
    id: 'removes-tree',
    when: ({ treeGone }) => treeGone === true,
    cause: () =>
      'rm() with `recursive` takes a directory with all that is in it. unlink() removes one name, and refuses a directory.',
    step: 5,
    hint: 2,
  },
  {
    id: 'stops-at-first',
    when: ({ check, left, stopped }) =>
      (check === 'remove' && Array.isArray(left) && left.join() === 'b.txt') || stopped === true,
    cause: () =>
      'the first one that failed ended it for all. Catch the error inside the loop, for each path by itself.',
    step: 5,
    hint: 4,
  },
  {
    id: 'claims-removed',
    when: ({ check, printed }) =>
      check === 'remove' &&
      Array.isArray(printed) &&
      printed.includes('无: removed') &&
      printed.includes('a.txt: removed'),
    cause: () =>
      '`force` keeps silent about what was not there, and so nobody can tell whether something was removed. unlink() says ENOENT.',
    step: 5,
    hint: 3,
  },
  {
    id: 'check-then-remove',
    when: ({ lostKept }) => lostKept === true,
    cause: () =>
      'first it was asked whether the file is there, and the question follows the link: no. Do not ask, remove: unlink() takes the name itself, and tells if it is not there.',
    step: 5,
    hint: 2,
  },
  {
    id: 'removes-target',
    when: ({ targetGone }) => targetGone === true,
    cause: () =>
      'the link was followed, and what it leads to was removed. unlink() takes the name that it is given.',
    step: 5,
    hint: 2,
  },
];

/** What `count` says of a text. */
export function said(text: string, characters: number): string {
  return `${Buffer.byteLength(text)} bytes, ${characters} characters`;
}

function hasPairs(text: string): boolean {
  return [...text].length < text.length;
}

interface WriteSeen extends Seen {
  /** What was asked for: `replace`, or a position. */
  readonly wrote: string;

  readonly got: Buffer;
  readonly before: Buffer;
  readonly text: Buffer;
  readonly at?: number;
}

/** A question about a file that was written. */
function writing(when: (seen: WriteSeen) => boolean): (seen: Seen) => boolean {
  return (seen) => seen['wrote'] !== undefined && when(seen as WriteSeen);
}

/** The options of `read`. */
export interface Asked {
  readonly start?: number;
  readonly last?: number;
  readonly length?: number;
}

interface ReadSeen extends Seen {
  readonly pieceAsked: Asked;
  readonly got: Buffer;
  readonly wanted: Buffer;
  /** All that is in the file, if it is not large. */
  readonly content?: Buffer;
  /** The piece, and one byte more. */
  readonly more: Buffer;
  /** What the same numbers mean to who counts characters. */
  readonly characters: Buffer;
}

/** A question about a piece that was read. */
function reading(when: (seen: ReadSeen) => boolean): (seen: Seen) => boolean {
  return (seen) => seen['pieceAsked'] !== undefined && when(seen as ReadSeen);
}
