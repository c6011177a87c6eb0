// `npm run ex -- submit` as a student types it: what is packed is what is graded, and the receipt says so.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import type { Receipt } from '../../scripts/commands/submit.ts';
import { accept } from '../../scripts/grade/intake/accept.ts';
import { pristineStarters } from '../../scripts/starters.ts';
import { clone, type Clone } from '../scripts/clone.ts';
import { lessons } from '../../scripts/lessons.ts';

let book: Clone;
beforeAll(async () => {
  book = await clone();
});
afterAll(() => book.remove());
beforeEach(() => {
  for (const name of zips()) rmSync(book.path(name));
  for (const lesson of ['talk-split', 'tcp-echo']) {
    rmSync(book.path('exercises', lesson), { recursive: true });
    mkdirSync(book.path('exercises', lesson));
    for (const [path, text] of pristineStarters(lesson))
      writeFileSync(book.path('exercises', lesson, path), text);
  }
});

/** Whatever of a zip is there, whole or half. */
function zips(): string[] {
  return readdirSync(book.directory).filter((name) => /\.(zip|part)/.test(name));
}

function solve(lesson: string): void {
  cpSync(book.path('solutions', lesson), book.path('exercises', lesson), { recursive: true });
}

async function entriesOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const opened = await fromBufferPromise(zip);
  const entries = new Map<string, Buffer>();
  for await (const entry of opened.eachEntry())
    entries.set(entry.fileName, await buffer(await opened.openReadStreamPromise(entry)));
  return entries;
}

async function receiptIn(zip: Buffer): Promise<Receipt> {
  return JSON.parse(`${(await entriesOf(zip)).get('receipt.json')}`) as Receipt;
}

describe('submit', () => {
  test('checks and packs what was worked on, and prints the hash that grading prints', async () => {
    solve('talk-split');
    const { status, stdout, stderr } = await book.ex(['submit']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [name = ''] = zips();
    expect(name).toMatch(/^submission-\d{4}-\d\d-\d\d\.zip$/);
    const accepted = await accept({ path: book.path(name) });
    const zip = readFileSync(book.path(name));
    const receipt = await receiptIn(zip);
    expect([...(await entriesOf(zip)).keys()]).toEqual([
      'exercises/talk-split/dialogue.ts',
      'exercises/talk-split/talk-split.ts',
      'exercises/talk-split/talk.txt',
      'receipt.json',
    ]);
    expect(receipt).toMatchObject({
      sha256: accepted.hash,
      what: expect.stringContaining('a claim, no evidence') as string,
      lessons: [{ lesson: 'talk-split', sha256: accepted.hash, points: 100, maxPoints: 100 }],
      leftOut: [],
      refused: [],
    });
    expect(Date.now() - Date.parse(receipt.at)).toBeLessThan(600_000);
    const others = lessons.map(({ name }) => name).filter((name) => name !== 'talk-split');
    for (const line of [
      /talk-split +100\/100 +5\/5/,
      `not begun:    ${others.join(', ')}\n`,
      `SHA-256  ${accepted.hash}`,
      `time     ${receipt.at}`,
      `size     ${zip.length.toLocaleString('en-US')} bytes, 3 files`,
      name,
    ])
      expect(stdout).toMatch(line);
    expect(stdout).not.toContain('not finished');
  });

  test('checks what is packed: a file that is left out is not there, and is named', async () => {
    solve('talk-split');
    const own = book.path('exercises/talk-split/dialogue.ts');
    const text = readFileSync(own, 'utf8');
    writeFileSync(book.path('exercises/talk-split/mine.ts'), text);
    writeFileSync(own, `export * from './mine.ts';\n`);
    symlinkSync('/etc/passwd', book.path('exercises/talk-split/link.ts'));
    const { stdout, stderr } = await book.ex(['submit', 'talk-split', '--out', 'mine.zip']);
    expect(stdout).toMatch(/talk-split +0\/100/);
    expect(stdout).toMatch(/not finished: +talk-split/);
    expect(stderr).toContain('Left out, as no lesson asks for it: talk-split/mine.ts');
    expect(stderr).toContain('Not accepted: talk-split/link.ts: a symbolic link');
    const receipt = await receiptIn(readFileSync(book.path('mine.zip')));
    expect(receipt).toMatchObject({
      leftOut: ['talk-split/mine.ts'],
      refused: [{ path: 'talk-split/link.ts', why: 'a symbolic link' }],
      lessons: [{ points: 0, maxPoints: 100 }],
    });
  });

  test('without checks gives the same bytes for the same files, but for the receipt, in any time zone', async () => {
    solve('tcp-echo');
    const packed = async (zone: string) => {
      const out = `${zone.slice(0, 3)}.zip`;
      const { status, stdout } = await book.ex(['submit', '--no-checks', '--out', out], {
        environment: { TZ: zone },
      });
      expect(status).toBe(0);
      expect(stdout).toContain('No checks were run');
      const zip = readFileSync(book.path(out));
      expect((await receiptIn(zip)).lessons[0]).not.toHaveProperty('points');
      // The receipt, which has a time, is the last one, both of the files and of the list.
      const text = zip.toString('latin1');
      const [files = '', ...list] = text.split('PK\x01\x02');
      expect(list.length).toBe(3);
      return [files.split('PK\x03\x04').slice(0, -1), list.slice(0, -1)];
    };
    expect(await packed('Asia/Shanghai')).toEqual(await packed('America/Denver'));
  });

  test('takes the lessons that are named, and writes a second zip of a day beside the first', async () => {
    solve('tcp-echo');
    solve('talk-split');
    await book.ex(['submit', '--no-checks']);
    await book.ex(['submit', '--no-checks', 'tcp']);
    const [second = '', first = ''] = zips();
    expect([second, first]).toEqual([
      expect.stringMatching(/^submission-.{10}-2\.zip$/),
      expect.stringMatching(/^submission-.{10}\.zip$/),
    ]);
    const lessonsOf = async (name: string) => [
      ...(await accept({ path: book.path(name) })).lessons.keys(),
    ];
    expect(await lessonsOf(first)).toEqual(['talk-split', 'tcp-echo']);
    expect(await lessonsOf(second)).toEqual(['tcp-echo']);
  });

  test('puts the zip where the student stands', async () => {
    solve('tcp-echo');
    const there = book.path('exercises');
    await book.ex(['submit', '--no-checks', '--out', 'mine.zip'], {
      environment: { npm_lifecycle_event: 'ex', INIT_CWD: there },
    });
    expect(existsSync(join(there, 'mine.zip'))).toBe(true);
    rmSync(join(there, 'mine.zip'));
  });

  test('writes over nothing', async () => {
    solve('tcp-echo');
    writeFileSync(book.path('mine.zip'), 'mine');
    const { status, stderr } = await book.ex(['submit', '--no-checks', '--out', 'mine.zip']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'workbook: mine.zip is there already: give another name, or remove it first\n',
    });
    expect(readFileSync(book.path('mine.zip'), 'utf8')).toBe('mine');
  });

  test.each([
    [[], 1, 'nothing to hand in yet: all lessons are as at the beginning'],
    [['udp'], 1, 'nothing to hand in yet: udp is as at the beginning'],
    [['udpp'], 2, 'there is no lesson "udpp". Did you mean "udp"?'],
    [['--ou', 'x.zip'], 2, 'usage: npm run ex -- submit [lesson …] [--out file.zip] [--no-checks]'],
    [['--out', 'server.ts'], 2, '--out server.ts: a name that ends in .zip'],
    [['--out', 'nowhere/x.zip'], 2, 'there is no folder for nowhere/x.zip'],
  ])('answers %j with one line, and writes nothing', async (args, status, line) => {
    expect(await book.ex(['submit', ...args])).toMatchObject({
      status,
      stdout: '',
      stderr: `workbook: ${line}\n`,
    });
    expect(zips()).toEqual([]);
  });

  test('leaves no zip, whole or half, after Ctrl+C', async () => {
    solve('talk-split');
    const running = book.start(['submit']);
    await running.until(/lesson +points/);
    process.kill(-(running.child.pid ?? 0), 'SIGINT');
    expect((await running.ended).status).not.toBe(0);
    expect(zips()).toEqual([]);
  });
});
