// The graded checks of files: what a program has printed, what is in its files afterwards, and what the kernel says of the
// files that it has open.
import { spawnSync } from 'node:child_process';
import { constants, readdirSync, readlinkSync } from 'node:fs';
import { lstat, mkdir, open, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { showText } from '#harness/bytes';
import { withFacts } from '#harness/failure';
import { lesson, type Program, type Trial } from '#harness';
import { diagnoses, said, type Asked } from './files/diagnoses.ts';

const GIB = 2 ** 30;

const WORDS = ['你好', '床前明月光', '老王', '今天很好', '疑是地上霜', '再见'];

export default lesson({
  lesson: 'files',
  steps: [
    'Bytes and characters',
    'Open a file for what you want',
    'Read and write at a position',
    'Written, and saved',
    'Ask once',
  ],
  checks: [
    {
      id: 'characters',
      step: 1,
      points: 5,
      title: 'counts the bytes of a Chinese text, and its characters',
      async run(trial) {
        await expectCount(trial, trial.random.pick(WORDS));
        await expectCount(trial, `${trial.random.pick(WORDS)}, hello\n`.repeat(50));
        await expectCount(trial, '');
        // A byte order mark, and signs of two code points each, as some keyboards write them.
        await expectCount(trial, `\uFEFF${trial.random.pick(WORDS)}`);
        await expectCount(trial, 'ni\u030C ha\u030Co');
      },
    },
    {
      id: 'four-bytes',
      step: 1,
      points: 4,
      title: 'counts a character of four bytes, such as 𠮷 or 👍, as one',
      async run(trial) {
        await expectCount(trial, `${trial.random.pick(['𠮷', '👍', '𠀀'])}野家`);
      },
    },
    {
      id: 'not-utf8',
      step: 1,
      points: 5,
      title: 'refuses bytes that are not UTF-8, and takes U+FFFD where it stands in the text',
      async run(trial) {
        await expectCount(trial, '看\uFFFD号');
        // 你好 in GBK, the encoding of older Chinese Windows; and a text that was cut off inside a character.
        const cut = Buffer.from(trial.random.pick(WORDS)).subarray(0, -1);
        for (const bytes of [Buffer.from('c4e3bac3', 'hex'), cut]) {
          await trial.write('text', bytes);
          await expectRefusal(trial, 'count', ['text'], {
            refusedBytes: bytes,
            line: 'count: text: not UTF-8',
            expected: 'status 1 and one line on stderr: count: text: not UTF-8',
          });
        }
      },
    },
    {
      id: 'new',
      step: 2,
      points: 5,
      title: 'with "new", makes a file, and leaves one that is there as it is',
      async run(trial) {
        const [old = '', text = ''] = trial.random.shuffle(WORDS);
        await expectWritten(trial, ['new', '新.txt', text], Buffer.from(text));
        await trial.write('old.txt', old);
        await expectRefusal(trial, 'write', ['new', 'old.txt', text], {
          untouched: ['old.txt', Buffer.from(old)],
          expected: 'status 1, one line on stderr (EEXIST), and the file as it was.',
        });
      },
    },
    {
      id: 'dangling',
      step: 2,
      points: 5,
      title:
        'with "new", finds out and makes the file in one call: a link to nothing is there, too',
      async run(trial) {
        await symlink('elsewhere', join(trial.directory, 'link'));
        const text = trial.random.pick(WORDS);
        await run(trial, 'write', ['new', 'link', text]);
        const made = await contentOf(trial, 'elsewhere');
        if (made !== undefined) {
          // A second probe: does it refuse any file at all?
          const old = await already(trial, 'old.txt', '旧');
          await run(trial, 'write', ['new', 'old.txt', text]);
          const touched = !(await contentOf(trial, 'old.txt'))?.equals(old);
          trial.fail({
            saw: '"link" was there, a link to a file that is not: the program wrote through it and made "elsewhere".',
            expected: 'status 1 and one line on stderr (EEXIST): the name "link" is taken.',
            facts: { throughLink: true, touched },
          });
        }
        const kept = (await lstat(join(trial.directory, 'link'))).isSymbolicLink();
        trial.must(kept, {
          saw: 'the link was replaced by a file.',
          expected: 'status 1 and one line on stderr (EEXIST), and the link as it was.',
          facts: { throughLink: true },
        });
        // And a name that is free is not refused.
        await expectWritten(trial, ['new', 'free', text], Buffer.from(text));
      },
    },
    {
      id: 'replace',
      step: 2,
      points: 4,
      title: 'with "replace", leaves nothing of what was in the file, however long it was',
      async run(trial) {
        const [old = '', text = ''] = trial.random.shuffle(WORDS);
        await expectWritten(trial, ['replace', 'new.txt', text], Buffer.from(text));
        const before = await already(trial, 'old.txt', `${old}。`.repeat(20));
        const says = await expectWritten(trial, ['replace', 'old.txt', text], Buffer.from(text), {
          before,
        });
        says(`${Buffer.byteLength(text)} bytes, from byte 0`);
      },
    },
    {
      id: 'append',
      step: 2,
      points: 4,
      title: 'with "append", writes behind what is there, and makes a file that is not',
      async run(trial) {
        const [old = '', text = ''] = trial.random.shuffle(WORDS);
        const before = await already(trial, 'old.txt', `${old}\n`.repeat(5));
        const both = Buffer.concat([before, Buffer.from(text)]);
        await expectWritten(trial, ['append', 'old.txt', text], both, { before });
        await expectWritten(trial, ['append', 'new.txt', text], Buffer.from(text));
      },
    },
    {
      id: 'says-where',
      step: 2,
      points: 4,
      title:
        'says how many bytes it has written, and from which position on, once they are written',
      async run(trial) {
        const [old = '', text = ''] = trial.random.shuffle(WORDS);
        const length = Buffer.byteLength(text);
        await expectSaid(trial, ['new', 'a.txt', text], `${length} bytes, from byte 0`);
        const before = await already(trial, 'b.txt', old);
        const where = `${length} bytes, from byte ${before.length}`;
        await expectSaid(trial, ['append', 'b.txt', text], where, { before });
        await expectNoRoom(trial, ['append', '/dev/full', text]);
      },
    },
    {
      id: 'write-over',
      step: 3,
      points: 6,
      title: 'writes over bytes at a position, and keeps all others',
      async run(trial) {
        const [old = '', text = ''] = trial.random.shuffle(WORDS);
        const before = await already(trial, 'a.txt', `${old}，${old}，${'。'.repeat(30)}\n`);
        // Not a multiple of three: it begins inside a character.
        const at = trial.random.int(2, 8) * 3 + 1;
        const after = Buffer.from(before);
        Buffer.from(text).copy(after, at);
        const said = await expectWritten(trial, [`${at}`, 'a.txt', text], after, { before, at });
        said(`${Buffer.byteLength(text)} bytes, from byte ${at}`);
        const gap = await already(trial, 'gap.txt', '甲');
        const wanted = Buffer.concat([gap, Buffer.alloc(7), Buffer.from(text)]);
        await expectWritten(trial, ['10', 'gap.txt', text], wanted, { before: gap, at: 10 });
      },
    },
    {
      id: 'no-file',
      step: 3,
      points: 3,
      title: 'says in one line that there is no file to write over or to read, and makes none',
      async run(trial) {
        const expected = 'status 1 and one line on stderr, for example: write: 无.txt: ENOENT';
        await expectRefusal(trial, 'write', ['3', '无.txt', '你好'], { expected });
        const made = await contentOf(trial, '无.txt');
        trial.must(made === undefined, {
          saw: 'a file was made, although a position in a file that is not there means nothing.',
          expected: 'no file.',
          facts: { madeFile: true },
        });
        await expectRefusal(trial, 'read', ['无.txt'], { expected });
        // It is the missing file that was refused: where there is one, it is written over.
        const before = await already(trial, '有.txt', 'abcdefghijkl');
        const after = Buffer.from('abc你好jkl');
        await expectWritten(trial, ['3', '有.txt', '你好'], after, { before, at: 3 });
      },
    },
    {
      id: 'piece',
      step: 3,
      points: 6,
      title: 'reads exactly the bytes from a position on, also from inside a character',
      async run(trial) {
        const text = Buffer.from(`Hello world\n${trial.random.pick(WORDS).repeat(4)}`);
        await expectPiece(trial, text, { start: 7, length: 2 });
        const start = 12 + trial.random.int(1, 4) * 3 + 1;
        await expectPiece(trial, text, { start, length: trial.random.int(7, 11) });
        await expectPiece(trial, Buffer.from('ff00fe8041', 'hex'), { start: 0, length: 3 });
        await expectPiece(trial, text, { start: 3, length: 0 });
      },
    },
    {
      id: 'past-end',
      step: 3,
      points: 4,
      title: 'ends where the file ends, whatever length was asked for',
      async run(trial) {
        const text = Buffer.from(`Hello world\n${trial.random.pick(WORDS)}`);
        await expectPiece(trial, text, { start: 7, length: 1000 });
        await expectPiece(trial, text, { start: 9 });
        await expectPiece(trial, text, { start: text.length + 5, length: 3 });
      },
    },
    {
      id: 'from-end',
      step: 3,
      points: 4,
      title: 'counts a position from the end, and begins at 0 where the file is shorter',
      async run(trial) {
        const text = Buffer.from(`Hello ${trial.random.pick(WORDS)} world\n`);
        await expectPiece(trial, text, { last: 5 });
        await expectPiece(trial, text, { last: 7, length: 5 });
        await expectPiece(trial, text, { last: 1000 });
        await expectPiece(trial, text, { last: 1000, length: 5 });
        await expectPiece(trial, text, { last: 0 });
      },
    },
    {
      id: 'far',
      step: 3,
      points: 3,
      title: 'reads at 5 GiB without reading all that stands before',
      async run(trial) {
        // A file with a hole: it takes no room on the disk.
        const text = Buffer.from(trial.random.pick(WORDS));
        const file = await open(await trial.write('large', ''), 'r+');
        await file.write(text, 0, text.length, 5 * GIB).finally(() => file.close());
        await expectRead(trial, 'large', { start: 5 * GIB, length: 3 }, text.subarray(0, 3), {
          more: text.subarray(0, 4),
        });
        await expectRead(trial, 'large', { last: text.length, length: 6 }, text.subarray(0, 6));
      },
    },
    {
      id: 'saved',
      step: 4,
      points: 5,
      title: 'has each line in the file when it says "saved", while it still reads on',
      async run(trial) {
        const journal = await trial.start('journal', ['日记.txt']);
        let wanted = '';
        for (let number = 1; number <= 4; number += 1) {
          const line = trial.random.pick(WORDS);
          wanted += `${line}\n`;
          journal.write(`${line}\n`);
          await saved(journal, `saved ${number}`);
          inFile(
            trial,
            await contentOf(trial, '日记.txt'),
            wanted,
            `when it said "saved ${number}"`,
          );
        }
        // A last line without a line end is a line, too.
        journal.write('完');
        journal.endInput();
        await endOf(trial, journal, 0);
        inFile(trial, await contentOf(trial, '日记.txt'), `${wanted}完\n`, 'at the end', {
          atEnd: true,
        });
        // And another day it goes on behind them.
        const next = await trial.start('journal', ['日记.txt']);
        next.write('又一天\n');
        next.endInput();
        await endOf(trial, next, 0);
        const all = `${wanted}完\n又一天\n`;
        inFile(trial, await contentOf(trial, '日记.txt'), all, 'after a second run', {
          again: true,
        });
      },
    },
    {
      id: 'promise',
      step: 4,
      points: 6,
      title: 'says "saved" only after the disk has it, and never of what cannot be saved',
      run: expectPromise,
    },
    {
      id: 'together',
      step: 4,
      points: 4,
      title: 'loses no line where two journals write to one file',
      async run(trial) {
        const [a, b] = [
          await trial.start('journal', ['日记.txt'], { actor: 'first' }),
          await trial.start('journal', ['日记.txt'], { actor: 'second' }),
        ];
        let wanted = '';
        // In turns. Each is at a place of the file of which the other one knows nothing.
        for (const [index, program] of [a, b, a, b, b, a].entries()) {
          const line = `${index} ${trial.random.pick(WORDS)}`;
          wanted += `${line}\n`;
          program.write(`${line}\n`);
          await saved(program, 'saved ');
          const got = await contentOf(trial, '日记.txt');
          inFile(trial, got, wanted, `after line ${index}`, { together: true });
        }
        for (const program of [a, b]) program.endInput();
        await endOf(trial, a, 0);
        await endOf(trial, b, 0);
      },
    },
    {
      id: 'one-open',
      step: 4,
      points: 4,
      title: 'holds the file open once, however many lines have come',
      async run(trial) {
        const journal = await trial.start('journal', ['日记.txt']);
        const lines = 30;
        for (let number = 1; number <= lines; number += 1) {
          journal.write(`${number} ${trial.random.pick(WORDS)}\n`);
          await saved(journal, `saved ${number}`);
        }
        const times = timesOpen(journal, '日记.txt');
        trial.must(times <= 1, {
          saw: `after ${lines} lines the kernel shows the file open ${times} times.`,
          expected: 'once, or not at all between two lines.',
          facts: { timesOpen: times },
        });
        journal.endInput();
        await endOf(trial, journal, 0);
      },
    },
    {
      id: 'disk-full',
      step: 4,
      points: 3,
      title: 'says in one line that the disk is full',
      async run(trial) {
        if (!(await isDevice('/dev/full'))) trial.skip('there is no /dev/full here');
        const journal = await trial.start('journal', ['/dev/full']);
        journal.write('你好\n再见\n');
        journal.endInput();
        const exit = await journal.ended('after the disk was full');
        const claimed = journal.stdout.lines.length;
        const expected =
          'status 1, one line on stderr (journal: /dev/full: ENOSPC), nothing saved.';
        trial.must(exit.code === 1 && claimed === 0 && isOneLine(journal), {
          saw: `the disk took nothing, and the program ended with ${ending(journal)}${claimed > 0 ? `; it had said: ${journal.stdout.lines[0]}` : ''}.`,
          expected,
          facts: { diskFull: true, claimed },
        });
      },
    },
    {
      id: 'look',
      step: 5,
      points: 5,
      title: 'tells files with their size, directories with their names, and what is not there',
      async run(trial) {
        const text = trial.random.pick(WORDS);
        await trial.write('诗.txt', text);
        await mkdir(join(trial.directory, '目录'));
        // Written in an order that is no order.
        const names = ['乙', 'b', '甲', '.a', 'a', '丙', 'Z'];
        for (const name of trial.random.shuffle(names)) await trial.write(`目录/${name}`, 'x');
        await symlink('诗.txt', join(trial.directory, 'link'));
        await expectLook(
          trial,
          ['诗.txt', '目录', 'nowhere', 'link', '诗.txt/x'],
          [
            `诗.txt: file, ${Buffer.byteLength(text)} bytes`,
            `目录: directory, ${names.length} entries`,
            ...names.toSorted().map((name) => `  ${name}`),
            'nowhere: not there',
            `link: file, ${Buffer.byteLength(text)} bytes`,
            '诗.txt/x: not there',
          ],
          { text },
        );
      },
    },
    {
      id: 'look-odd',
      step: 5,
      points: 4,
      title: 'does not take for a file what is none, nor for nothing what it cannot find out',
      async run(trial) {
        makePipe(trial, '管道');
        await symlink('圈', join(trial.directory, '圈'));
        await trial.write('a.txt', 'abc');
        await expectLook(trial, ['管道'], ['管道: something else']);
        const { program, how } = await run(trial, 'look', ['圈', 'a.txt']);
        const { lines } = program.stdout;
        trial.must(!lines.some((line) => line.includes('圈')), {
          saw: `of a link that leads to itself it said: ${lines[0]}`,
          expected: 'one line on stderr, look: 圈: ELOOP. Nobody can say what there is.',
          facts: { saidOfLoop: lines[0] },
        });
        refused(trial, how, {
          expected: 'status 1 and one line on stderr: look: 圈: ELOOP',
        });
        trial.must(lines.length === 1 && lines[0] === 'a.txt: file, 3 bytes', {
          saw: `of "a.txt", which came next, it said: ${lines[0] ?? 'nothing'}`,
          expected: 'a.txt: file, 3 bytes',
          facts: { stopped: true },
        });
      },
    },
    {
      id: 'remove',
      step: 5,
      points: 4,
      title: 'removes files, never a directory, and goes on after what it cannot remove',
      async run(trial) {
        await trial.write('a.txt', 'abc');
        await trial.write('目录/里.txt', 'abc');
        await trial.write('b.txt', 'abc');
        const below = '目录/里.txt/x';
        const { program, how } = await run(trial, 'remove', [
          'a.txt',
          '无',
          '目录',
          'b.txt',
          below,
        ]);
        const kept = (await contentOf(trial, '目录/里.txt')) !== undefined;
        trial.must(kept, {
          saw: 'the directory was removed, with the file in it.',
          expected: 'a directory is refused, in one line on stderr, and nothing in it is touched.',
          facts: { treeGone: true },
        });
        const left = (await trial.names(trial.directory)).filter((name) => name.endsWith('.txt'));
        trial.must(left.length === 0, {
          saw: `${left.join(', ')} ${left.length > 1 ? 'are' : 'is'} still there.`,
          expected: 'a.txt and b.txt are removed, the directory between them is not.',
          facts: { left },
        });
        const wanted = ['a.txt: removed', '无: not there', 'b.txt: removed', `${below}: not there`];
        expectLines(trial, program, wanted);
        refused(trial, how, { expected: 'status 1 and one line on stderr for the directory.' });
      },
    },
    {
      id: 'remove-link',
      step: 5,
      points: 3,
      title: 'removes a link, also one to nothing, and not what it leads to',
      async run(trial) {
        await trial.write('a.txt', '你好');
        await symlink('a.txt', join(trial.directory, 'link'));
        await symlink('nowhere', join(trial.directory, 'lost'));
        const { program, how } = await run(trial, 'remove', ['link', 'lost']);
        const names = await trial.names(trial.directory);
        trial.must(names.includes('a.txt'), {
          saw: 'a.txt is gone, to which the link led.',
          expected: 'the link is gone, and a.txt is still there.',
          facts: { targetGone: true },
        });
        trial.must(!names.includes('lost'), {
          saw: 'the link to nothing is still there.',
          expected: 'it is removed, as any other name.',
          facts: { lostKept: true },
        });
        trial.must(how.exit?.code === 0, {
          saw: `the program ended with ${ending(how)}.`,
          expected: 'status 0: both links could be removed.',
        });
        expectLines(trial, program, ['link: removed', 'lost: removed']);
      },
    },
  ],
  diagnoses,
});

// --- a program, and how it ended ---

interface Ran {
  readonly program: Program;
  /** The same, for who only asks how it ended. */
  readonly how: Program;
}

/** Runs a program that takes no input to its end. */
async function run(trial: Trial, name: string, args: readonly string[]): Promise<Ran> {
  const program = await trial.start(name, args);
  program.endInput();
  await program.ended('when all was done');
  return { program, how: program };
}

interface Refusal {
  readonly expected: string;
  readonly refusedBytes?: Buffer;
  readonly refusedArgs?: readonly string[];
  /** What stderr must say, word for word. */
  readonly line?: string;
  /** A file that must be as it was. */
  readonly untouched?: readonly [name: string, content: Buffer];
}

/** Runs a program that must refuse what it is asked: one line on stderr, and status 1. */
async function expectRefusal(
  trial: Trial,
  name: string,
  args: readonly string[],
  refusal: Refusal,
): Promise<void> {
  const { program, how } = await run(trial, name, args);
  if (refusal.untouched) {
    const [file, content] = refusal.untouched;
    const got = (await contentOf(trial, file)) ?? Buffer.alloc(0);
    trial.sameBytes(got, content, `the file that was there, ${file}`, {
      touched: true,
      exit: program.exit ?? { code: null, signal: null },
    });
  }
  refused(trial, how, { ...refusal, refusedArgs: args });
}

function refused(trial: Trial, program: Program, { expected, line, ...facts }: Refusal): void {
  const [told] = program.stderr.lines;
  const claimed = program.exit?.code === 0 ? program.stdout.lines[0] : undefined;
  trial.must(program.exit?.code === 1 && isOneLine(program) && told === (line ?? told), {
    saw: `the program ended with ${ending(program)}${claimed === undefined ? '' : `; on stdout it said: ${claimed}`}.`,
    expected,
    facts: { ...facts, ...(program.exit ? { exit: program.exit } : {}) },
  });
}

/** True if it said one thing on stderr, in the form of the lesson: `write: a.txt: EEXIST`. */
function isOneLine({ program, stderr: { lines } }: Program): boolean {
  return lines.length === 1 && new RegExp(`^${program}: .+: .+$`).test(lines[0] ?? '');
}

function ending({ exit, stderr: { lines, text } }: Program): string {
  const how = exit?.signal ?? `status ${exit?.code}`;
  if (/^(\s+at .+:\d|Traceback |Node\.js v\d)/m.test(text)) return `${how} and a stack trace`;
  if (lines.length === 0) return `${how} and said nothing on stderr`;
  const more = lines.length > 1 ? `, and ${lines.length - 1} more lines` : '';
  return `${how} and said: ${lines[0]}${more}`;
}

async function endOf(trial: Trial, program: Program, code: number): Promise<void> {
  const exit = await program.ended('at the end of its input');
  trial.must(exit.code === code, {
    saw: `at the end of its input the program ended with ${ending(program)}.`,
    expected: `status ${code}.`,
  });
}

/** All of stdout, line by line. */
function expectLines(
  trial: Trial,
  { stdout: { lines } }: Program,
  wanted: readonly string[],
  facts: Record<string, unknown> = {},
): void {
  const at = wanted.findIndex((line, index) => lines[index] !== line);
  const same = at === -1 && lines.length === wanted.length;
  const index = at === -1 ? wanted.length : at;
  const shown = (line: string | undefined) =>
    line === undefined ? 'is missing' : `is: ${showText(Buffer.from(line), 60)}`;
  trial.must(same, {
    saw: `line ${index + 1} on stdout ${shown(lines[index])}.`,
    expected:
      wanted[index] === undefined
        ? `no more than ${wanted.length} lines.`
        : `line ${index + 1} ${shown(wanted[index])}.`,
    facts: { ...facts, printed: lines, wantedLines: wanted },
  });
}

// --- files ---

/** What is in a file; undefined if there is none. */
async function contentOf(trial: Trial, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(trial.directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a file that is there before the program is. */
async function already(trial: Trial, name: string, text: string): Promise<Buffer> {
  await trial.write(name, text);
  return Buffer.from(text);
}

async function isDevice(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isCharacterDevice();
  } catch {
    return false;
  }
}

function makePipe(trial: Trial, name: string): void {
  const { status } = spawnSync('mkfifo', [join(trial.directory, name)]);
  if (status !== 0) trial.skip('there is no command mkfifo');
}

// --- count ---

async function expectCount(trial: Trial, text: string): Promise<void> {
  await trial.write('text', text);
  const { program } = await run(trial, 'count', ['text']);
  const wanted = said(text, [...text].length);
  const counted = program.stdout.lines[0];
  const shown = showText(Buffer.from(text), 40);
  trial.must(program.exit?.code === 0 && counted === wanted, {
    saw: `of ${shown} it said ${counted === undefined ? 'nothing' : `"${counted}"`}, and ended with ${ending(program)}.`,
    expected: `${wanted}, and status 0.`,
    facts: { text, counted },
  });
}

// --- write ---

interface WriteFacts {
  readonly before?: Buffer;
  readonly at?: number;
}

/** Runs `write`, and compares what is in the file. Returns what compares what was said. */
async function expectWritten(
  trial: Trial,
  args: readonly [how: string, file: string, text: string],
  wanted: Buffer,
  { before = Buffer.alloc(0), at }: WriteFacts = {},
): Promise<(line: string) => void> {
  const { program } = await run(trial, 'write', args);
  const [, file, text] = args;
  trial.must(program.exit?.code === 0, {
    saw: `called as write ${args.join(' ')}, the program ended with ${ending(program)}.`,
    expected: 'status 0.',
    facts: { refusedWrite: args[0] },
  });
  const got = await contentOf(trial, file);
  if (!got)
    return trial.fail({
      saw: `after write ${args.join(' ')} there is no file ${file}.`,
      expected: `${file}, with ${wanted.length} bytes.`,
    });
  trial.sameBytes(got, wanted, file, {
    wrote: args[0],
    before,
    text: Buffer.from(text),
    ...(at === undefined ? {} : { at }),
  });
  return (line) => {
    const writtenSaid = program.stdout.lines[0];
    trial.must(program.stdout.lines.length === 1 && writtenSaid === line, {
      saw: `of write ${args.join(' ')} it said: ${program.stdout.lines.join(' | ') || 'nothing'}.`,
      expected: line,
      facts: { writtenSaid, writtenText: text },
    });
  };
}

/** A file that takes nothing, as on a full disk: an error that comes from the write, and not from open(). */
async function expectNoRoom(
  trial: Trial,
  args: readonly [how: string, file: string, text: string],
): Promise<void> {
  if (!(await isDevice('/dev/full'))) return;
  const { program } = await run(trial, 'write', args);
  const claimed = program.stdout.lines[0];
  trial.must(program.exit?.code === 1 && isOneLine(program) && claimed === undefined, {
    saw: `the disk took nothing, and the program ended with ${ending(program)}${claimed === undefined ? '' : `; on stdout it said: ${claimed}`}.`,
    expected: 'status 1 and one line on stderr: write: /dev/full: ENOSPC',
    facts: { noRoom: true },
  });
}

async function expectSaid(
  trial: Trial,
  args: readonly [how: string, file: string, text: string],
  line: string,
  facts: WriteFacts = {},
): Promise<void> {
  const [how, , text] = args;
  const kept = how === 'append' ? (facts.before ?? Buffer.alloc(0)) : Buffer.alloc(0);
  const saidLine = await expectWritten(
    trial,
    args,
    Buffer.concat([kept, Buffer.from(text)]),
    facts,
  );
  saidLine(line);
}

// --- read ---

async function expectPiece(trial: Trial, content: Buffer, asked: Asked): Promise<void> {
  await trial.write('text', content);
  const { start = 0, last, length = content.length } = asked;
  const from = last === undefined ? start : Math.max(0, content.length - last);
  const text = content.toString();
  await expectRead(trial, 'text', asked, content.subarray(from, from + length), {
    content,
    more: content.subarray(from, from + length + 1),
    characters: Buffer.from(text.slice(from, from + length)),
  });
}

async function expectRead(
  trial: Trial,
  file: string,
  asked: Asked,
  wanted: Buffer,
  {
    content,
    more = wanted,
    characters = wanted,
  }: { content?: Buffer; more?: Buffer; characters?: Buffer } = {},
): Promise<void> {
  const options = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const { program } = await run(trial, 'read', [file, ...options]);
  const got = program.stdout.bytes;
  const what = `read ${options.join(' ')}`;
  const facts = { pieceAsked: asked, got, wanted, more, characters, ...(content && { content }) };
  trial.sameBytes(got, wanted, what, facts);
  trial.must(program.exit?.code === 0 && program.stderr.lines.length === 0, {
    saw: `${what}: the right bytes came, and the program ended with ${ending(program)}.`,
    expected: 'status 0, and nothing on stderr.',
    facts,
  });
}

// --- journal ---

/** Waits for a line on stdout that begins like that. */
async function saved(journal: Program, wanted: string): Promise<void> {
  await journal
    .line((line) => line.startsWith(wanted), wanted)
    .catch(withFacts({ notSaved: wanted }));
}

function inFile(
  trial: Trial,
  got: Buffer | undefined,
  text: string,
  when: string,
  facts: Record<string, unknown> = {},
): void {
  const wanted = Buffer.from(text);
  trial.sameBytes(got ?? Buffer.alloc(0), wanted, `日记.txt, ${when}`, { ...facts, wanted });
}

/**
 * A pipe in place of the file. As long as nobody reads from it, it cannot even be opened: whoever says "saved" then has not
 * waited. Then somebody reads, and the line is written; but a pipe has no disk, so sync() fails with EINVAL, and whoever says
 * "saved" now has not asked.
 */
async function expectPromise(trial: Trial): Promise<void> {
  makePipe(trial, '管道');
  const line = trial.random.pick(WORDS);
  const journal = await trial.start('journal', ['管道']);
  journal.write(`${line}\n`);
  const early = await trial.happenings.rest(() => journal.stdout.lines.length > 0);
  const expected = `status 1 and one line on stderr (journal: 管道: EINVAL), and no "saved".`;
  trial.must(!early, {
    saw: `it said "${journal.stdout.lines[0]}", and nothing could have been written: the file is a pipe, from which nobody had read yet.`,
    expected: 'no "saved" before the line is written and synced.',
    facts: { saidBefore: true },
  });
  await trial.own(
    open(join(trial.directory, '管道'), constants.O_RDONLY | constants.O_NONBLOCK),
    (handle) => handle.close(),
  );
  await trial.happenings.rest(() => journal.exit !== undefined || journal.stdout.lines.length > 0);
  const told = journal.stdout.lines[0];
  trial.must(told === undefined, {
    saw: `it said "${told}", and the line was in a pipe, where nothing is ever saved.`,
    expected,
    facts: { neverSynced: true },
  });
  journal.endInput();
  await journal.ended('after it could not save a line');
  trial.must(journal.exit?.code === 1 && isOneLine(journal), {
    saw: `the line could not be saved, and the program ended with ${ending(journal)}.`,
    expected,
    facts: { swallowed: true },
  });
}

/** How many descriptors of a program lead to a file of the trial; 0 where the kernel does not tell. */
function timesOpen(program: Program, name: string): number {
  const descriptors = program.family().flatMap(({ pid }) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
    } catch {
      return []; // ended, or another system
    }
  });
  return descriptors.filter((path) => {
    try {
      return readlinkSync(path).endsWith(`/${name}`);
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

// --- look and remove ---

async function expectLook(
  trial: Trial,
  paths: readonly string[],
  wanted: readonly string[],
  facts: Record<string, unknown> = {},
): Promise<void> {
  const { program } = await run(trial, 'look', paths);
  expectLines(trial, program, wanted, facts);
  trial.must(program.exit?.code === 0, {
    saw: `the program ended with ${ending(program)}.`,
    expected: 'status 0: all of it was found out.',
    facts: { ...facts, printed: program.stdout.lines },
  });
}
