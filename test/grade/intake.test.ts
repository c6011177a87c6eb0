// What comes in: submissions of every form, what is taken from them, and that nothing hostile gets further than a reason.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { accept, hashOf, type Accepted } from '../../scripts/grade/intake/accept.ts';
import { isUntouched, namesOf, treeOf } from '../../scripts/grade/intake/lesson-files.ts';
import { ENTRY_LIMIT, FILE_LIMIT, REFUSALS_KEPT } from '../../scripts/grade/intake/limits.ts';
import { readRegularFile } from '../../scripts/grade/intake/regular-file.ts';
import { submissionsIn } from '../../scripts/grade/intake/submissions.ts';
import { findLesson } from '../../scripts/lessons.ts';
import { pristineStarters } from '../../scripts/starters.ts';
import { currentRun } from '../harness/run.ts';
import { seededRandom } from '../harness/random.ts';

const echo = [findLesson('tcp-echo')];
const asRoot = process.getuid?.() === 0;

/** A plain submission: two lessons, one with Chinese in it and with a file in a folder. */
const WORK: Tree = {
  'exercises/tcp-echo/server.ts': '// 李雷\n',
  'exercises/tcp-echo/client.ts': '\ufeff// BOM and CRLF stay\r\n',
  'exercises/http-server/public/menu/index.html': '<h1>菜单</h1>',
  'exercises/tcp-echo/README.md': '# mine',
  'README.md': 'hello',
};

type Tree = Record<string, string | Buffer>;

function directory(): string {
  return currentRun().directory('intake');
}

function folder(tree: Tree): string {
  const at = directory();
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), content);
  }
  return at;
}

function file(bytes: Buffer, name = 'submission'): string {
  const path = join(directory(), name);
  writeFileSync(path, bytes);
  return path;
}

async function zipped(tree: Tree, mode = 0o100_644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(tree))
    zip.addBuffer(Buffer.from(content), path, { mode, mtime: new Date(0) });
  zip.end();
  return await buffer(zip.outputStream);
}

type TarEntry = readonly [Partial<Header> & { name: string; pax?: object }, (string | Buffer)?];

async function tarred(...entries: readonly TarEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const [header, content = ''] of entries) tar.entry(header, content);
  tar.finalize();
  return await buffer(tar as unknown as NodeJS.ReadableStream);
}

const tarOf = (tree: Tree) =>
  tarred(...Object.entries(tree).map(([name, content]) => [{ name }, content] as const));

/** One file packed raw, so that each header can lie: `list` for the central directory, `own` for the local header. */
interface RawZip {
  readonly own?: string;
  readonly list?: string;
  readonly content?: Buffer;
  readonly says?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
}

function rawZip(options: RawZip): Buffer {
  const { own = 'tcp-echo/server.ts', content = Buffer.from('hello'), flags = 0 } = options;
  const { list = own, method = 8, says = content.length, crc = 0x3610a686 } = options;
  const packed = method === 8 ? deflateRawSync(content) : content;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(says, 18);
  const named = (name: string) => {
    const header = Buffer.from(common);
    header.writeUInt16LE(Buffer.byteLength(name), 22);
    return header;
  };
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), named(own), Buffer.from(own), packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x03', 'latin1'),
    named(list),
    Buffer.alloc(14),
    Buffer.from(list),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

/** `tcp-echo/server.ts, udp/client.ts` */
function taken({ lessons }: Accepted): string[] {
  return [...lessons].flatMap(([lesson, files]) =>
    [...files.keys()].map((path) => `${lesson}/${path}`),
  );
}

function reasons({ refused }: Accepted): string[] {
  return refused.map(({ path, why }) => `${path}: ${why}`);
}

describe('the submissions of a class', () => {
  test('are its folders and archives, sorted; hidden files are ignored, others refused with a reason', async () => {
    const at = folder({
      '韩梅梅.zip': '',
      'Lily/exercises/x': '',
      'lucy.tar.gz': '',
      'Jim.TGZ': '',
      '.DS_Store': '',
      '__MACOSX/x': '',
      'grades.xlsx': '',
    });
    symlinkSync('Lily', join(at, '李雷'));
    const { submissions, refused } = await submissionsIn(at);
    expect(submissions).toEqual([
      { student: 'Jim', original: 'Jim.TGZ', path: join(at, 'Jim.TGZ') },
      { student: 'Lily', original: 'Lily', path: join(at, 'Lily') },
      { student: 'lucy', original: 'lucy.tar.gz', path: join(at, 'lucy.tar.gz') },
      { student: '韩梅梅', original: '韩梅梅.zip', path: join(at, '韩梅梅.zip') },
    ]);
    expect(refused).toEqual([
      { path: 'grades.xlsx', why: 'neither a folder nor a .zip, .tar.gz, .tgz or .tar' },
      { path: '李雷', why: 'a symbolic link' },
    ]);
  });

  test('have names that are unique and safe in a file name and on a terminal', async () => {
    const at = folder({
      'Li Lei.zip': '',
      'Li Lei/x': '',
      'li lei.tar': '',
      '\x1b[31mred\u202e.zip': '',
      '<script>.zip': '',
      '--help.zip': '',
      [`${'韩'.repeat(70)}.zip`]: '',
      ' .zip': '',
    });
    const { submissions } = await submissionsIn(at);
    expect(submissions.map(({ student }) => student)).toEqual([
      '_[31mred_',
      'student',
      'help',
      '_script_',
      'Li Lei',
      'Li Lei-2',
      'li lei-3',
      '韩'.repeat(60),
    ]);
  });

  test.each([
    ['exercises/tcp-echo/server.ts', 'is one submission itself: it has exercises/ in it'],
    ['tcp-echo/server.ts', 'is one submission itself: it has tcp-echo/ in it'],
    ['.DS_Store', 'no submission in'],
  ])('are told apart from %s, in one line', async (path, line) => {
    await expect(submissionsIn(folder({ [path]: '' }))).rejects.toThrow(line);
  });

  test('cannot be in a file, or nowhere', async () => {
    await expect(submissionsIn(file(Buffer.from('')))).rejects.toThrow('is a file');
    await expect(submissionsIn('/nowhere/there')).rejects.toThrow('there is no folder /nowhere');
  });
});

describe('what is taken', () => {
  test('is the same from a folder, a zip, a tar and a tar.gz, byte by byte, and so is its hash', async () => {
    const tar = await tarOf(WORK);
    const [first, ...others] = await Promise.all(
      [folder(WORK), file(await zipped(WORK)), file(tar), file(gzipSync(tar))].map((path) =>
        accept({ path }),
      ),
    );
    expect(taken(first as Accepted)).toEqual([
      'tcp-echo/client.ts',
      'tcp-echo/server.ts',
      'http-server/public/menu/index.html',
    ]);
    expect(first?.lessons.get('tcp-echo')?.get('client.ts')).toEqual(
      Buffer.from('\ufeff// BOM and CRLF stay\r\n'),
    );
    expect(first).toMatchObject({
      leftOut: ['README.md', 'exercises/tcp-echo/README.md'],
      refused: [],
    });
    for (const other of others) expect(other).toEqual(first);
  });

  test('gives another hash when a byte, a path or a lesson changes, and not when the order does', () => {
    const bytes = Buffer.from('x');
    const of = (lesson: string, path: string, content = bytes) =>
      hashOf(new Map([[lesson, new Map([[path, content]])]]));
    const all = [
      of('udp', 'server.ts'),
      of('udp', 'client.ts'),
      of('tcp-echo', 'server.ts'),
      of('udp', 'server.ts', Buffer.from('y')),
      hashOf(new Map()),
    ];
    expect(new Set(all).size).toBe(all.length);
    const a = ['a', new Map([['1', bytes]])] as const;
    const b = ['b', new Map([['2', bytes]])] as const;
    expect(hashOf(new Map([a, b]))).toBe(hashOf(new Map([b, a])));
  });

  test.each([
    'exercises/tcp-echo/server.ts',
    'tcp-echo/server.ts',
    'io-workbook-1a2b/exercises/tcp-echo/server.ts',
    '作业/李雷/tcp-echo/server.ts',
    './exercises//tcp-echo/server.ts',
    'tcp-echo/exercises/tcp-echo/server.ts',
    'exercises/tcp-echo/server.py',
    'exercises/tcp-echo/client.mjs',
  ])('is found at %s', async (path) => {
    const accepted = await accept({ path: file(await tarOf({ [path]: 'x' })) });
    expect(taken(accepted)).toEqual([`tcp-echo/${path.split('/').at(-1)}`]);
    expect(accepted.refused).toEqual([]);
  });

  test.each([
    'solutions/tcp-echo/server.ts',
    'exercises/tcp-echo/more/server.ts',
    'exercises/tcp-echo/frame.ts',
    'exercises/tcp-echo/server.test.ts',
    'exercises/tcp-echo/vitest.config.ts',
    'exercises/tcp-echo/README.md',
    'exercises/tcp-ech/server.ts',
    'server.ts',
    '.workbook/tcp-echo/server.ts',
    'node_modules/tcp-echo/server.ts',
  ])('is nothing at %s, which is left out without a word', async (path) => {
    const accepted = await accept({ path: folder({ [path]: 'x' }) });
    expect(taken(accepted)).toEqual([]);
    expect(accepted.refused).toEqual([]);
    expect(accepted.leftOut.length).toBe(1);
  });

  test('of a lone flat folder is the one lesson that was asked for', async () => {
    const flat = folder({ 'server.ts': 'x', 'frame.ts': 'y' });
    expect(taken(await accept({ path: flat }, echo))).toEqual(['tcp-echo/server.ts']);
    expect(taken(await accept({ path: flat }))).toEqual([]);
    const wrapped = file(await zipped({ '作业/server.ts': 'x' }));
    expect(taken(await accept({ path: wrapped }, echo))).toEqual(['tcp-echo/server.ts']);
    const other = folder({ 'udp/server.ts': 'x' });
    expect(taken(await accept({ path: other }, echo))).toEqual([]);
  });

  test('of two copies is the one nearest to the top; the other is refused', async () => {
    const tree = {
      'old/exercises/tcp-echo/server.ts': 'old',
      'exercises/tcp-echo/server.ts': 'new',
    };
    for (const path of [folder(tree), file(await zipped(tree))]) {
      const accepted = await accept({ path });
      expect(accepted.lessons.get('tcp-echo')?.get('server.ts')?.toString()).toBe('new');
      expect(reasons(accepted)).toEqual([
        'old/exercises/tcp-echo: a second copy of tcp-echo: exercises/tcp-echo counts',
      ]);
    }
  });

  test('is not looked for in an archive inside, but that is said if there is nothing else', async () => {
    const inside = await zipped({ 'tcp-echo/server.ts': 'x' });
    const alone = await accept({ path: folder({ 'homework.zip': inside }) });
    expect(reasons(alone)).toEqual(['homework.zip: an archive inside: it is not opened']);
    const beside = await accept({ path: folder({ ...WORK, 'old.zip': inside }) });
    expect(beside.refused).toEqual([]);
  });

  test('of a whole workbook with its packages is the work alone', async () => {
    const packages = Object.fromEntries(
      Array.from({ length: ENTRY_LIMIT + 1 }, (_, i) => [`w/node_modules/p/${i}.js`, '']),
    );
    const tree = { ...packages, 'w/.git/HEAD': 'x', 'w/exercises/udp/server.ts': 'x' };
    for (const path of [file(await zipped(tree)), file(await tarOf(tree))]) {
      const accepted = await accept({ path });
      expect(taken(accepted)).toEqual(['udp/server.ts']);
      expect(accepted.leftOut).toEqual(['w/.git', 'w/node_modules']);
      expect(accepted.refused).toEqual([]);
    }
  });

  test('may lie in a folder whose name macOS has taken apart (NFD), or Windows has not written as UTF-8', async () => {
    const nfd = await accept({
      path: folder({ ['É韩/tcp-echo/server.ts'.normalize('NFD')]: 'x' }),
    });
    expect([taken(nfd), nfd.refused]).toEqual([['tcp-echo/server.ts'], []]);
    const gbk = Buffer.from([0xc0, 0xee, 0xc0, 0xd7]);
    const at = Buffer.concat([Buffer.from(`${folder({})}/`), gbk]);
    mkdirSync(Buffer.concat([at, Buffer.from('/tcp-echo')]), { recursive: true });
    writeFileSync(Buffer.concat([at, Buffer.from('/tcp-echo/server.ts')]), 'x');
    const folderGbk = await accept({ path: dirname(at.toString('latin1')) });
    expect([taken(folderGbk), folderGbk.refused]).toEqual([['tcp-echo/server.ts'], []]);
  });
});

describe('a folder', () => {
  test('is read without following or waiting for anything', async () => {
    const at = folder({ ...WORK, 'exercises/udp/big': 'x' });
    const lesson = join(at, 'exercises/udp');
    symlinkSync('/etc/passwd', join(lesson, 'server.ts'));
    symlinkSync('/', join(at, 'exercises/backup'));
    symlinkSync('..', join(lesson, 'around'));
    execFileSync('mkfifo', [join(lesson, 'client.ts')]);
    const socket = createServer().listen(join(lesson, 'socket'));
    await once(socket, 'listening');
    linkSync(join(at, 'exercises/tcp-echo/server.ts'), join(at, 'exercises/tcp-echo/server.py'));
    const accepted = await accept({ path: at });
    socket.close();
    expect(taken(accepted)).toEqual([
      'tcp-echo/client.ts',
      'tcp-echo/server.py',
      'tcp-echo/server.ts',
      'http-server/public/menu/index.html',
    ]);
    expect(reasons(accepted)).toEqual([
      'exercises/backup: a symbolic link',
      'exercises/udp/around: a symbolic link',
      'exercises/udp/client.ts: a named pipe',
      'exercises/udp/server.ts: a symbolic link',
      'exercises/udp/socket: a socket',
    ]);
  });

  test('cannot be a symbolic link, a named pipe or nothing itself', async () => {
    const at = folder({ 'a/tcp-echo/server.ts': 'x' });
    symlinkSync('a', join(at, 'link'));
    execFileSync('mkfifo', [join(at, 'pipe')]);
    const why = async (name: string) => (await accept({ path: join(at, name) })).unreadable;
    expect([await why('link'), await why('pipe'), await why('none')]).toEqual([
      'a symbolic link',
      'not a regular file',
      'vanished while it was read',
    ]);
  });

  test.runIf(asRoot)('is told from what may not be read', async () => {
    const at = folder({
      'udp/server.ts': 'x',
      'udp/client.ts': 'x',
      'tcp-echo/server.ts': 'x',
      'closed/server.ts': '',
    });
    chmodSync(join(at, 'udp/server.ts'), 0);
    chmodSync(join(at, 'tcp-echo'), 0);
    chmodSync(join(at, 'closed'), 0);
    // Root may read everything: for this one question, another user asks. All folders above are open to them.
    for (let above = at; above !== '/'; above = dirname(above))
      if ((lstatSync(above).mode & 0o005) === 0) chmodSync(above, 0o755);
    process.seteuid?.(65_534);
    try {
      const accepted = await accept({ path: at });
      expect(taken(accepted)).toEqual(['udp/client.ts']);
      expect(reasons(accepted)).toEqual([
        'closed: cannot be read: permission is missing',
        'tcp-echo: cannot be read: permission is missing',
        'udp/server.ts: cannot be read: permission is missing',
      ]);
      expect((await accept({ path: join(at, 'closed') })).unreadable).toBe(
        'cannot be read: permission is missing',
      );
    } finally {
      process.seteuid?.(0);
    }
  });

  test('with a file that grows while it is read loses that file', async () => {
    // The kernel says of this file that it has 0 bytes, and then hands out some: as a log does that is being written.
    await expect(readRegularFile('/proc/self/status', FILE_LIMIT)).rejects.toThrow(
      'changed while it was read',
    );
  });

  test('has no name that deceives', async () => {
    const at = folder({
      'tcp-echo/server.ts': 'small',
      'tcp-echo/Server.ts': 'capital',
      'udp/CLIENT.TS': 'x',
      'a\x1b[2Jb': 'x',
      'line\nbreak/tcp-echo/server.ts': 'x',
      'ts.\u202etxt': 'x',
      '..\\..\\evil.ts': 'x',
      'C:evil.ts': 'x',
      ['É.txt'.normalize('NFD')]: 'x',
      ['É.txt'.normalize('NFC')]: 'x',
    });
    const accepted = await accept({ path: at });
    expect(accepted.lessons.get('tcp-echo')?.get('server.ts')?.toString()).toBe('small');
    expect(reasons(accepted)).toEqual([
      '..\\..\\evil.ts: a backslash is in its name',
      'C:evil.ts: an absolute path',
      'a\\x1b[2Jb: a control character is in its name',
      'line\\nbreak: a control character is in its name',
      'tcp-echo/Server.ts: differs only in capitals or in Unicode normal form from tcp-echo/server.ts',
      'ts.\\u202etxt: a control character is in its name',
      'udp/CLIENT.TS: must be written in small letters to count',
      expect.stringMatching(/^É.txt: differs only in capitals or in Unicode normal form/),
    ]);
  });

  test('with a file above the limit loses that file; at the limit it is taken', async () => {
    const accepted = await accept({
      path: folder({
        'udp/server.ts': Buffer.alloc(FILE_LIMIT),
        'udp/client.ts': Buffer.alloc(FILE_LIMIT + 1),
      }),
    });
    expect(taken(accepted)).toEqual(['udp/server.ts']);
    expect(reasons(accepted)).toEqual(['udp/client.ts: larger than 1 MiB']);
  });
});

describe('too much', () => {
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`${i}`, '']));
  const large = Object.fromEntries(
    Array.from({ length: 21 }, (_, i) => [`${i}`, Buffer.alloc(FILE_LIMIT)]),
  );

  test.each([
    ['a folder', async (tree: Tree) => folder(tree)],
    ['a zip', async (tree: Tree) => file(await zipped(tree))],
    ['a tar.gz', async (tree: Tree) => file(gzipSync(await tarOf(tree)))],
  ])('in %s refuses it as a whole', async (_, make) => {
    const entries = { ...many(ENTRY_LIMIT), 'udp/server.ts': 'x' };
    const accepted = await accept({ path: await make(entries) });
    expect(taken(accepted)).toEqual([]);
    expect(accepted.unreadable).toBe('more than 2,000 files and folders');
    expect(accepted.refused.length).toBe(1);
    expect(await accept({ path: await make(large) })).toMatchObject({
      unreadable: 'more than 20 MiB of files in all',
    });
  });

  test('of what is wrong is counted', async () => {
    const bad = Array.from({ length: REFUSALS_KEPT + 50 }, (_, i) => ({
      name: `${i}`,
      type: 'fifo' as const,
    }));
    const { refused } = await accept({
      path: file(await tarred(...bad.map((one) => [one] as const))),
    });
    expect(refused.length).toBe(REFUSALS_KEPT + 1);
    expect(refused.at(-1)).toEqual({ path: '…', why: '50 more of them' });
  });

  test('behind little is not unpacked: a bomb costs no more memory than the limit', async () => {
    const zeros = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const bombs = [
      file(Buffer.concat(Array.from({ length: 64 }, () => zeros)), 'bomb.tar.gz'),
      file(rawZip({ content: Buffer.alloc(256 * 1024 * 1024), says: 5 }), 'bomb.zip'),
    ];
    const script = `require('tsx/cjs');
      const { accept } = require('./scripts/grade/intake/accept.ts');
      (async () => {
        const said = [];
        for (const path of ${JSON.stringify(bombs)}) said.push((await accept({ path })).refused[0].why);
        console.log(JSON.stringify({ said, most: process.resourceUsage().maxRSS / 1024 }));
      })();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { said, most } = JSON.parse(stdout) as { said: string[]; most: number };
    expect(said).toEqual(['unpacks to more than 64 MiB', 'unpacks to more than 1 MiB']);
    // MiB: some 100 are node and tsx.
    expect(most).toBeLessThan(300);
  });
});

describe('a zip', () => {
  test.each<[string, RawZip, string]>([
    ['leads out', { own: '../tcp-echo/server.ts' }, 'leads out of the submission'],
    ['leads out further in', { own: 'a/../../tcp-echo/server.ts' }, 'leads out of the submission'],
    ['is absolute', { own: '/tcp-echo/server.ts' }, 'an absolute path'],
    ['has a drive', { own: 'C:/tcp-echo/server.ts' }, 'an absolute path'],
    ['has backslashes', { own: 'tcp-echo\\server.ts' }, 'a backslash'],
    ['has a NUL', { own: 'tcp-echo/server.ts\0.txt' }, 'a control character'],
    ['turns the line', { own: 'tcp-echo/\u202eserver.ts' }, 'a control character'],
    [
      'is another one in its own header',
      { list: 'tcp-echo/server.ts', own: 'tcp-echo/harmle.ts' },
      'another name',
    ],
    ['is encrypted', { flags: 1 }, 'encrypted'],
    ['has a wrong checksum', { crc: 1 }, 'its checksum is wrong'],
    ['is longer than it says', { says: 4 }, 'holds 5 bytes where the list says 4'],
    ['is shorter than it says', { says: 6 }, 'holds 5 bytes where the list says 6'],
    ['says it is huge', { says: FILE_LIMIT + 1 }, 'larger than 1 MiB'],
    ['is packed by LZMA', { method: 14 }, 'a method that is not read (14)'],
  ])('of which an entry %s loses that entry', async (_, options, why) => {
    const accepted = await accept({ path: file(rawZip(options)) });
    expect(taken(accepted)).toEqual([]);
    expect(reasons(accepted)).toEqual([expect.stringContaining(why)]);
    expect(accepted.unreadable).toBeUndefined();
  });

  test('made by hand is otherwise well', async () => {
    const accepted = await accept({ path: file(rawZip({})) });
    expect(accepted.lessons.get('tcp-echo')?.get('server.ts')?.toString()).toBe('hello');
    expect(accepted.refused).toEqual([]);
  });

  test.each([
    ['symbolic link', 0o120_777],
    ['named pipe', 0o010_644],
    ['device', 0o060_644],
    ['socket', 0o140_644],
  ])('with a %s loses it', async (kind, mode) => {
    const accepted = await accept({
      path: file(await zipped({ 'udp/server.ts': '/etc/passwd' }, mode)),
    });
    expect(reasons(accepted)).toEqual([`udp/server.ts: a ${kind}`]);
    expect(taken(accepted)).toEqual([]);
  });

  test('with the same name twice gives the first, with capitals the one that is named as the starter', async () => {
    const a = 'udp/server.ts';
    const bytes = await zipped({
      [a]: 'first',
      'udp/SERVER.ts': 'capitals',
      'udp/serveR.ts': 'last',
    });
    const twice = await zipped({ 'udp/server.ts': 'first', 'udp/serves.ts': 'second' });
    const same = Buffer.from(twice.toString('latin1').replaceAll('serves', 'server'), 'latin1');
    const accepted = await accept({ path: file(bytes) });
    expect(accepted.lessons.get('udp')?.get('server.ts')?.toString()).toBe('first');
    expect(accepted.refused.length).toBe(2);
    const again = await accept({ path: file(same) });
    expect(again.lessons.get('udp')?.get('server.ts')?.toString()).toBe('first');
    expect(reasons(again)).toEqual(['udp/server.ts: is in there twice: the first one counts']);
  });

  test('that is cut off, empty or no zip is one refusal', async () => {
    const whole = await zipped(WORK);
    for (const bytes of [whole.subarray(0, -10), Buffer.alloc(0), Buffer.from('PK and no more')]) {
      const accepted = await accept({ path: file(bytes, '李雷.zip') });
      expect(reasons(accepted)).toEqual([expect.stringMatching(/^李雷\.zip: a broken (zip|tar)/)]);
      expect(accepted.unreadable).toBeDefined();
    }
  });
});

/** The tar with another field in its first header, and the checksum that goes with it. */
function withField(tar: Buffer, at: number, field: string): Buffer {
  const changed = Buffer.from(tar);
  changed.write(field, at);
  changed.write('        ', 148);
  const sum = changed.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return changed;
}

describe('a tar', () => {
  test.each<[string, TarEntry, string]>([
    [
      'a symbolic link',
      [{ name: 'udp/server.ts', type: 'symlink', linkname: '/etc/passwd' }],
      'a symbolic link',
    ],
    [
      'a hard link',
      [{ name: 'udp/server.ts', type: 'link', linkname: '/etc/passwd' }],
      'a hard link to something else',
    ],
    [
      'a hard link to nothing',
      [{ name: 'udp/server.ts', type: 'link', linkname: '' }],
      'a hard link to something else',
    ],
    [
      'a device',
      [{ name: 'udp/server.ts', type: 'character-device', devmajor: 1, devminor: 5 }],
      'a device',
    ],
    ['a named pipe', [{ name: 'udp/server.ts', type: 'fifo' }], 'a named pipe'],
    ['..', [{ name: '../udp/server.ts' }, 'x'], 'leads out'],
    ['an absolute path', [{ name: '/udp/server.ts' }, 'x'], 'an absolute path'],
    ['a line break', [{ name: 'udp\n/server.ts' }, 'x'], 'a control character'],
    [
      '.. in a pax header',
      [{ name: 'udp/server.ts', pax: { path: '../../udp/server.ts' } }, 'x'],
      'leads out',
    ],
    [
      'a sparse file',
      [{ name: 'udp/server.ts', pax: { 'GNU.sparse.realsize': '1099511627776' } }, 'x'],
      'a sparse file',
    ],
    [
      'a large file',
      [{ name: 'udp/server.ts' }, Buffer.alloc(FILE_LIMIT + 1)],
      'larger than 1 MiB',
    ],
  ])('with %s loses that entry, and keeps what stands behind it', async (_, entry, why) => {
    const accepted = await accept({
      path: file(await tarred(entry, [{ name: 'udp/client.ts' }, 'x'])),
    });
    expect(taken(accepted)).toEqual(['udp/client.ts']);
    expect(reasons(accepted)).toEqual([expect.stringContaining(why)]);
  });

  test('in which a folder says it has bytes, or a link leads nowhere, is read to its end', async () => {
    const bytes = await tarred(
      [{ name: 'udp', type: 'directory' }],
      [{ name: 'udp/server.ts', type: 'link', linkname: '' }],
      [{ name: 'udp/client.ts' }, 'x'],
    );
    const accepted = await accept({ path: file(withField(bytes, 124, '00000001000')) });
    expect(taken(accepted)).toEqual(['udp/client.ts']);
    expect(reasons(accepted)).toEqual(['udp/server.ts: a hard link to something else']);
  });

  test('with long names, of GNU tar and of pax, is the same as the folder', async () => {
    const at = folder({ [`${'韩梅梅'.repeat(20)}/${'x'.repeat(90)}/udp/server.ts`]: 'x' });
    const { hash } = await accept({ path: at });
    for (const format of ['gnu', 'pax']) {
      const tar = execFileSync('tar', ['-C', at, `--format=${format}`, '-czf', '-', '.']);
      const accepted = await accept({ path: file(tar) });
      expect([taken(accepted), accepted.hash]).toEqual([['udp/server.ts'], hash]);
    }
  });

  test('with a sparse file of GNU tar (type S) loses it', async () => {
    const bytes = await tarOf({ 'udp/server.ts': 'x' });
    const sparse = withField(bytes, 156, 'S');
    expect(reasons(await accept({ path: file(sparse) }))).toEqual([
      'udp/server.ts: a sparse file, which says it is larger than it is',
    ]);
  });

  test('with a hard link to a file that it has itself gives that file twice, as the folder does', async () => {
    const at = folder({ 'udp/client.ts': 'x' });
    linkSync(join(at, 'udp/client.ts'), join(at, 'udp/server.ts'));
    const tar = execFileSync('tar', ['-C', at, '-cf', '-', 'udp']);
    const fromTar = await accept({ path: file(tar) });
    expect(taken(fromTar)).toEqual(['udp/client.ts', 'udp/server.ts']);
    expect(fromTar.hash).toBe((await accept({ path: at })).hash);
  });

  test.each<[string, (tar: Buffer) => Buffer, RegExp]>([
    ['cut off', (tar) => tar.subarray(0, 1_500), /cut off/],
    ['cut off between two files', (tar) => tar.subarray(0, 1_024), /cut off/],
    ['cut off behind gzip', (tar) => gzipSync(tar).subarray(0, -20), /gzip is damaged or cut off/],
    [
      'damaged behind gzip',
      (tar) => Buffer.concat([gzipSync(tar).subarray(0, -8), Buffer.alloc(8)]),
      /gzip is damaged/,
    ],
    ['no tar', () => Buffer.alloc(4_096, 'x'), /neither a zip nor a tar/],
    [
      'of a size that is not there',
      (tar) => withField(tar, 124, '00000077777'),
      /a broken tar: cut off/,
    ],
  ])('that is %s is one refusal', async (_, harm, why) => {
    const accepted = await accept({ path: file(harm(await tarOf(WORK))) });
    expect(accepted.unreadable).toMatch(why);
    expect(accepted.refused.length).toBe(1);
    expect(taken(accepted)).toEqual([]);
  });
});

describe('whatever bytes come', () => {
  test('each is answered, with nothing but files of a lesson, and nothing is written', async () => {
    const random = seededRandom('intake');
    const zip = await zipped(WORK);
    const tar = await tarOf(WORK);
    const at = directory();
    const path = join(at, 'submission');
    let taking = 0;
    for (const whole of [zip, tar, gzipSync(tar)]) {
      for (let round = 0; round < 300; round += 1) {
        const bytes = Buffer.from(whole);
        for (let flips = random.int(1, 4); flips > 0; flips -= 1)
          bytes[random.int(0, bytes.length - 1)] = random.int(0, 255);
        const length = random.float() < 0.2 ? random.int(0, bytes.length) : bytes.length;
        writeFileSync(path, bytes.subarray(0, length));
        const accepted = await accept({ path });
        taking += accepted.lessons.size;
        for (const [lesson, files] of accepted.lessons)
          for (const name of files.keys()) expect(namesOf(lesson)).toContain(name);
        if (accepted.lessons.size === 0)
          expect(accepted.refused.length + accepted.leftOut.length).toBeGreaterThan(0);
      }
    }
    expect(taking).toBeGreaterThan(100);
    expect(readdirSync(at)).toEqual(['submission']);
  });
});

describe('the files of a lesson', () => {
  const starter = new Map(
    [...pristineStarters('tcp-echo')].map(([path, text]) => [path, Buffer.from(text)]),
  );
  const text = (path: string) => starter.get(path) as Buffer;

  test('are untouched if they are the starter, be it with other ends of lines, or if there are none', () => {
    expect(isUntouched('tcp-echo', new Map())).toBe(true);
    expect(isUntouched('tcp-echo', starter)).toBe(true);
    const crlf = Buffer.from(text('server.ts').toString().replaceAll('\n', '\r\n'));
    expect(isUntouched('tcp-echo', new Map([['server.ts', crlf]]))).toBe(true);
    const touched = Buffer.concat([text('server.ts'), Buffer.from('//')]);
    expect(isUntouched('tcp-echo', new Map([['server.ts', touched]]))).toBe(false);
    expect(isUntouched('tcp-echo', new Map([['server.py', text('server.ts')]]))).toBe(false);
  });

  test('stand over the starter when they are judged', () => {
    const tree = treeOf('tcp-echo', new Map([['server.ts', Buffer.from('mine')]]));
    expect([...tree.keys()].sort()).toEqual(['README.md', 'client.ts', 'server.ts']);
    expect(tree.get('server.ts')?.toString()).toBe('mine');
    expect(tree.get('client.ts')).toEqual(text('client.ts'));
  });

  test('in another language take the place of the starter, and not of a program of their own', () => {
    const python = ['server.py', Buffer.from('print()')] as const;
    expect(treeOf('tcp-echo', new Map([python])).has('server.ts')).toBe(false);
    const both = new Map([python, ['server.ts', text('server.ts')] as const]);
    expect(treeOf('tcp-echo', both).has('server.ts')).toBe(false);
    const own = new Map([python, ['server.ts', Buffer.from('mine')] as const]);
    expect(treeOf('tcp-echo', own).has('server.ts')).toBe(true);
  });
});
