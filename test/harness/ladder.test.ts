// The ladder: exact drawings of small exchanges, and what holds for every exchange.
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Entry, Kind } from './exchange.ts';
import { PREVIEW } from './exchange.ts';
import type { LadderOptions } from './ladder.ts';
import { createLadder, drawLadder } from './ladder.ts';
import { seededRandom } from './random.ts';

type Sketch = readonly [kind: Kind, from: string, to?: string, text?: string, note?: string];

/** Entries 10 ms apart. */
function exchange(...sketches: readonly Sketch[]): Entry[] {
  return sketches.map(([kind, from, to, text, note], i) => ({
    at: i * 10,
    kind,
    from,
    ...(to === undefined ? {} : { to }),
    ...(text === undefined ? {} : preview(Buffer.from(text))),
    ...(note === undefined ? {} : { note }),
  }));
}

function preview(bytes: Buffer): Pick<Entry, 'bytes' | 'size'> {
  return { bytes: bytes.subarray(0, PREVIEW), size: bytes.length };
}

function draw(entries: readonly Entry[], options?: LadderOptions & { most?: number }): string {
  return `\n${drawLadder(entries, options).join('\n')}\n`;
}

test('a TCP echo is two lines with arrows between them', () => {
  const echo = exchange(
    ['start', 'server', undefined, undefined, 'node server.ts --port 0'],
    ['stdout', 'server', undefined, 'listening on 127.0.0.1:40123\n'],
    ['connect', 'client', 'server'],
    ['data', 'client', 'server', '你好，世界\n'],
    ['data', 'server', 'client', '你好，世界\n'],
    ['data', 'client', 'server', 'x'.repeat(65_536)],
    ['end', 'client', 'server', undefined, 'held by the relay'],
    ['reset', 'server', 'client'],
    ['refused', 'client', 'server'],
    ['waiting', 'check', undefined, undefined, '"bye\\n" from the server'],
    ['signal', 'server', undefined, undefined, 'SIGTERM'],
    ['exit', 'server', undefined, undefined, 'exit 0'],
  );
  expect(draw(echo, { width: 60 })).toMatchInlineSnapshot(`
    "
             server                                       client
               │                                            │
     0.0 ms    ● started: node server.ts --port 0           │
      10 ms    ├► stdout "listening on 127.0.0.1:40123\\n"   │
      20 ms    │◄───────────────── connect ─────────────────┤
      30 ms    │◄────────────── "你好，世界\\n" ─────────────┤
      40 ms    ├────────────── "你好，世界\\n" ─────────────►│
      50 ms    │◄── "xxxxxxxxxxxxxxxxxxxx" … 65,536 bytes ──┤
      60 ms    │◄────── end (FIN) (held by the relay) ──────┤
      70 ms    ├────────────── ✗ reset (RST) ──────────────►│
      80 ms    │✗───────────── connect: refused ────────────┤
      90 ms  ? waiting for "bye\\n" from the server          │
     100 ms    │◄ signal SIGTERM                            │
     110 ms    ■ ended: exit 0                              │
    "
  `);
});

const chat = exchange(
  ['datagram', '老王', 'server', 'L 老王'],
  ['datagram', 'server', '老王', 'OK'],
  ['datagram', '小李', 'server', 'L 小李'],
  ['datagram', 'server', '老王', '欢迎 小李 进入聊天室'],
  ['dropped', '阿芳', 'server', 'L 阿芳'],
  ['datagram', 'server', '阿芳', '老王 : 吃了么'],
  ['stdin', '小李', undefined, '吃了，谢谢\n'],
  ['stdout', '阿芳', undefined, '老王 : 吃了么\n'],
  ['exit', '老王', undefined, undefined, 'exit 0'],
  ['signal', '小李', 'server', undefined, 'SIGTERM'],
);
const CHATTERS = ['server', '老王', '小李', '阿芳'];

test('arrows over several columns cross the lines between; long words stand above a short arrow', () => {
  expect(draw(chat, { actors: CHATTERS })).toMatchInlineSnapshot(`
    "
             server                 老王                  小李                  阿芳
               │                     │                     │                     │
     0.0 ms    │◄┄┄┄┄┄ "L 老王" ┄┄┄┄┄┤                     │                     │
      10 ms    ├┄┄┄┄┄┄┄ "OK" ┄┄┄┄┄┄┄►│                     │                     │
      20 ms    │◄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┼┄┄┄┄┄┄ "L 小李" ┄┄┄┄┄┤                     │
      30 ms    │ "欢迎 小李 进入聊天室"                    │                     │
               ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄►│                     │                     │
      40 ms    │                     │     lost ✗┄┄┄┄┄┄┄┄┄┄┼┄┄┄┄┄┄ "L 阿芳" ┄┄┄┄┄┤
      50 ms    ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┼┄┄ "老王 : 吃了么" ┄┄┼┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄►│
      60 ms    │                     │                     │◄ stdin "吃了，谢谢\\n"
      70 ms    │                     │                 stdout "老王 : 吃了么\\n" ◄┤
      80 ms    │                     ■ ended: exit 0       │                     │
      90 ms    │◄────────────────────┼─── signal SIGTERM ──┤                     │
    "
  `);
});

test('in a narrow terminal most words stand above their arrows', () => {
  expect(draw(chat, { actors: CHATTERS, width: 50 })).toMatchInlineSnapshot(`
    "
             server       老王        小李        阿芳
               │           │           │           │
     0.0 ms    │ "L 老王"  │           │           │
               │◄┄┄┄┄┄┄┄┄┄┄┤           │           │
      10 ms    ├┄┄ "OK" ┄┄►│           │           │
      20 ms    │◄┄┄┄┄┄┄ "L 小李" ┄┄┄┄┄┄┤           │
      30 ms    │ "欢迎 小李 进入聊天室"            │
               ├┄┄┄┄┄┄┄┄┄┄►│           │           │
      40 ms    │           │lost ✗┄┄┄┄ "L 阿芳" ┄┄┄┤
      50 ms    ├┄┄┄┄┄┄┄┄┄ "老王 : 吃了么" ┄┄┄┄┄┄┄┄►│
      60 ms    │ stdin "吃了，谢谢\\n" ►│           │
      70 ms    │         stdout "老王 : 吃了么\\n" ◄┤
      80 ms    │           ■ ended: exit 0         │
      90 ms    │◄─── signal SIGTERM ───┤           │
    "
  `);
});

test('where columns have no room, each entry is a sentence', () => {
  expect(draw(chat, { actors: CHATTERS, width: 36 })).toMatchInlineSnapshot(`
    "
     0.0 ms  老王 ► server  "L 老王"
      10 ms  server ► 老王  "OK"
      20 ms  小李 ► server  "L 小李"
      30 ms  server ► 老王  … 29 bytes
      40 ms  阿芳 ✗ server  "L 阿芳"
      50 ms  server ► 阿芳  … 18 bytes
      60 ms  小李  stdin "吃了，谢谢\\n"
      70 ms  阿芳  stdout … 19 bytes
      80 ms  老王  ended: exit 0
      90 ms  小李 ► server  signal SIGT…
    "
  `);
});

test('a program alone has its remarks beside its line', () => {
  const file = exchange(
    ['start', 'copy', undefined, undefined, 'node copy.ts 日记.txt 副本.txt'],
    ['file', 'copy', undefined, '今天天气很好。\n', '副本.txt'],
    ['stderr', 'copy', undefined, 'copy: \x1b[31m日记.txt\x1b[0m: not found\n'],
    ['exit', 'copy', undefined, undefined, 'SIGKILL'],
  );
  expect(draw(file)).toMatchInlineSnapshot(`
    "
             copy
              │
     0.0 ms   ● started: node copy.ts 日记.txt 副本.txt
      10 ms   ├► wrote 副本.txt "今天天气很好。\\n"
      20 ms   ├► stderr "copy: \\x1b[31m日记.txt\\x1b[0m: not found\\n"
      30 ms   ■ ended: SIGKILL
    "
  `);
});

test('pieces in a row are folded between the first and the last, with the size of all', () => {
  const pieces = Array.from({ length: 6 }, (): Sketch => ['data', 'server', 'client', 'ab']);
  const folded = exchange(...pieces, ['data', 'client', 'server', 'ok']);
  expect(draw(folded, { width: 60 })).toMatchInlineSnapshot(`
    "
             server                                       client
               │                                            │
     0.0 ms    ├─────────────────── "ab" ──────────────────►│
      10 ms    ├───── … 4 more pieces, 12 bytes in all ────►│
      50 ms    ├─────────────────── "ab" ──────────────────►│
      60 ms    │◄─────────────────── "ok" ──────────────────┤
    "
  `);
  expect(drawLadder(exchange(...pieces.slice(0, 4)))).toHaveLength(2 + 4);
});

test('a pause ends a burst', () => {
  const slow = Array.from({ length: 6 }, (_, i): Entry => ({
    at: i * 150,
    kind: 'data',
    from: 'a',
    to: 'b',
  }));
  expect(drawLadder(slow)).toHaveLength(2 + 6);
});

test('more rows than asked for are folded in the middle, and counted', () => {
  const words = Array.from({ length: 50 }, (_, i): Sketch =>
    i % 2 ? ['data', 'b', 'a', `${i}`] : ['data', 'a', 'b', `${i}`],
  );
  expect(draw(exchange(...words), { most: 6, width: 40 })).toMatchInlineSnapshot(`
    "
             a                             b
             │                             │
     0.0 ms  ├──────────── "0" ───────────►│
      10 ms  │◄──────────── "1" ───────────┤
             ┊  … 44 more …                ┊
     460 ms  ├─────────── "46" ───────────►│
     470 ms  │◄─────────── "47" ───────────┤
     480 ms  ├─────────── "48" ───────────►│
     490 ms  │◄─────────── "49" ───────────┤
    "
  `);
  const burst = Array.from({ length: 20 }, (): Sketch => ['data', 'a', 'b', 'x']);
  const drawn = draw(exchange(...words.slice(0, 3), ...burst, ...words.slice(0, 8)), { most: 3 });
  expect(drawn).toContain('… 28 more …');
});

test('all ASCII on demand', () => {
  const entries = exchange(
    ['start', 'server', undefined, undefined, 'node server.ts'],
    ['connect', 'client', 'server'],
    ['data', 'client', 'server', 'hello\n'],
    ['dropped', 'server', 'client', 'x'.repeat(300)],
    ['exit', 'server', undefined, undefined, 'exit 0'],
  );
  const drawn = draw(entries, { ascii: true, width: 60 });
  expect(drawn).toMatch(/^[ -~\n]*$/);
  expect(drawn).toMatchInlineSnapshot(`
    "
             server                                       client
               |                                            |
     0.0 ms    * started: node server.ts                    |
      10 ms    |<----------------- connect -----------------|
      20 ms    |<---------------- "hello\\n" ----------------|
      30 ms    | "xxxxxxxxxxxxxxxxxxxxxxxxxxxx" ~ 300 bytes |
               |......................x lost                |
      40 ms    # ended: exit 0                              |
    "
  `);
});

test('an actor who has no column is named in a sentence', () => {
  const ladder = createLadder({ actors: ['server', 'client'] });
  const [entry] = exchange(['datagram', '小李', 'server', 'L 小李']);
  expect(entry && ladder.row(entry).join('\n')).toMatch(
    /^ 0\.0 ms {2}小李 ► server {2}"L 小李" .*│$/,
  );
});

test('nothing drawn: no lines; actors and no entries: the header', () => {
  expect(drawLadder([])).toEqual([]);
  expect(drawLadder([], { actors: ['a', 'b'] })).toHaveLength(2);
});

test('colour adds colour and nothing else', () => {
  const coloured = drawLadder(chat, { colour: true });
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(drawLadder(chat));
  expect(coloured.find((line) => line.includes('lost'))).toContain('\u001b[31m');
  expect(coloured[0]).toContain('\u001b[36m');
});

test('a live ladder draws the same rows', () => {
  const ladder = createLadder({ actors: CHATTERS, width: 100 });
  const rows = chat.flatMap((entry) => ladder.row(entry));
  expect([...ladder.header(), ...rows]).toEqual(drawLadder(chat, { actors: CHATTERS, width: 100 }));
});

const KINDS: readonly Kind[] = [
  ...(['start', 'exit', 'signal', 'stdin', 'stdout', 'stderr', 'connect', 'refused'] as const),
  ...(['data', 'end', 'reset', 'datagram', 'dropped', 'file', 'note', 'waiting'] as const),
];
const NAMES = [
  'server',
  'client 1',
  '老王',
  '阿芳',
  'a',
  '',
  '👩‍👧 mother',
  '\x1b[31mred\n',
  '\u202eright',
  '\u0301',
  'a name that is far too long for any column of a ladder',
  '很长很长很长很长很长很长的名字',
];
const SAYINGS = [
  'hello\n',
  '欢迎 小李 进入聊天室',
  '\x1b[2J\x07',
  '👍🏽',
  '👩‍👧',
  '\u202e\u200b',
  '\u0301\u0301',
  '',
  'x'.repeat(300),
  '老'.repeat(100),
  '\0\0\0\x05hello',
  '"\\\'',
  '│►',
  '🇨',
  'ﷺ',
  '가각',
];

test('no line is too wide, ends in a blank, or holds what a terminal obeys, whatever was said', () => {
  const random = seededRandom('ladder');
  for (let i = 0; i < 400; i += 1) {
    const actors = random.shuffle(NAMES).slice(0, random.int(1, 6));
    let at = 0;
    const entries = Array.from({ length: random.int(0, 25) }, (): Entry => {
      at += random.pick([0, 0.1, 3, 1000, 20_000]);
      const bytes = random.int(0, 4) ? Buffer.from(random.pick(SAYINGS)) : random.bytes(20);
      return {
        at,
        kind: random.pick(KINDS),
        from: random.pick(actors),
        ...(random.int(0, 3) ? { to: random.pick(actors) } : {}),
        ...(random.int(0, 3) ? preview(bytes) : {}),
        ...(random.int(0, 1) ? { note: random.pick(SAYINGS) } : {}),
      };
    });
    const width = random.pick([0, 1, 10, 20, 30, 40, 59, 60, 80, 120, 200]);
    const options = {
      width,
      ascii: random.int(0, 3) === 0,
      ...(random.int(0, 1) ? { most: random.int(0, 12) } : {}),
      ...(random.int(0, 2) ? {} : { actors: actors.slice(1) }),
    };
    const lines = drawLadder(entries, options);
    for (const line of lines) {
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line).not.toMatch(/\s$/);
    }
    const coloured = drawLadder(entries, { ...options, colour: true });
    expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(lines);
  }
});

test('every row has every line of the ladder at its place, unless words or arrows cover it', () => {
  const random = seededRandom('rungs');
  const words = ['OK', 'L 老王', '欢迎 小李 进入聊天室', '\x1b[2J', 'x'.repeat(500)];
  for (const width of [60, 80, 120, 200]) {
    const entries = Array.from({ length: 60 }, (_, i): Entry => {
      const [from = '', to = ''] = random.shuffle(CHATTERS);
      return {
        at: i * 200,
        kind: 'datagram',
        from,
        to,
        ...preview(Buffer.from(random.pick(words))),
      };
    });
    const [, rungs = '', ...rows] = drawLadder(entries, { width, actors: CHATTERS });
    const last = rungs.length - 1;
    for (const row of rows) {
      // Words above an arrow may hide the last line; every arrow leaves it visible.
      if (!/[├┤]/.test(row) && stringWidth(row) !== last + 1) continue;
      expect(row).toMatch(/[│┤]$/);
      expect(stringWidth(row)).toBe(last + 1);
    }
  }
});
