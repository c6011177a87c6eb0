// Bytes as a learner sees them: what is shown, what is cut, and that nothing shown can drive a terminal.
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import {
  clean,
  columnsOf,
  count,
  firstDifference,
  hexLines,
  showDifference,
  showText,
} from './bytes.ts';
import { seededRandom } from './random.ts';

const HOSTILE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const text = (of: string): Buffer => Buffer.from(of);

test.each([
  ['hello\n', '"hello\\n"'],
  ['a\r\tb', '"a\\r\\tb"'],
  ['', '""'],
  ['老王 : 吃了么', '"老王 : 吃了么"'],
  ['\0a\x001', '"\\0a\\x001"'],
  ['C:\\new', '"C:\\\\new"'],
  ['{"a":1}', `'{"a":1}'`],
  [`"it's"`, `"\\"it's\\""`],
  ['\x1b[31mred\x07', '"\\x1b[31mred\\x07"'],
  ['\u202eabc\u200b\ufeff', '"\\u202eabc\\u200b\\ufeff"'],
  ['a\u3000b\u00a0c', '"a\\u3000b\\xa0c"'],
  ['é 👍🏽 🇨🇳', '"é 👍🏽 🇨🇳"'],
  ['👩\u200d👧', '"👩\\u200d👧"'],
  ['\u0301x', '"\\u0301x"'],
])('showText shows the UTF-8 text %j as %s', (of, shown) => {
  expect(showText(text(of), 60)).toBe(shown);
});

test('showText shows what is no UTF-8 as hex', () => {
  expect(showText(Buffer.from('fffe0080', 'hex'), 40)).toBe('ff fe 00 80');
  expect(showText(Buffer.from('41ff42', 'hex'), 40)).toBe('41 ff 42');
  expect(showText(text('王').subarray(0, 2), 40)).toBe('e7 8e');
});

test('showText shows the half characters at the ends of a piece as hex, the rest as text', () => {
  expect(showText(text('老吃了').subarray(1), 40)).toBe('80 81 "吃了"');
  expect(showText(text('吃了么').subarray(0, 8), 40)).toBe('"吃了" e4 b9');
});

test('showText tells the true size of what it cuts', () => {
  expect(showText(Buffer.alloc(65_536, 'x'), 30)).toBe('"xxxxxxxxxxxxx" … 65,536 bytes');
  expect(showText(Buffer.alloc(65_536, 0xff), 30)).toBe('ff ff ff ff ff … 65,536 bytes');
  expect(showText(text('你好'), 60, 7000)).toBe('"你好" … 7,000 bytes');
  // A preview that ends inside a character: the rest is not missing, it is only not shown.
  expect(showText(text('你好').subarray(0, 5), 60, 7000)).toBe('"你" … 7,000 bytes');
  expect(showText(Buffer.alloc(100, 'x'), 9)).toBe('… 100 by…');
});

test('showText never takes more than its columns and never shows what a terminal obeys', () => {
  const random = seededRandom('show text');
  const pieces = [
    'a',
    '\x1b[2J',
    '老',
    '👩‍👧',
    '\u202e',
    '\u0301',
    '\\',
    '"',
    "'",
    '\0',
    '\n',
    '7',
    '🇨',
  ];
  for (let i = 0; i < 2000; i += 1) {
    const whole = Array.from({ length: random.int(0, 40) }, () => random.pick(pieces)).join('');
    const bytes = random.int(0, 3) === 0 ? random.bytes(random.int(0, 40)) : text(whole);
    const max = random.int(0, 60);
    const shown = showText(bytes.subarray(random.int(0, 2)), max);
    expect(stringWidth(shown)).toBeLessThanOrEqual(max);
    expect(shown).not.toMatch(HOSTILE);
  }
});

test('clean makes a text safe for one line and cuts it by columns', () => {
  expect(clean('a\tb\x1b[2J\u202e\u0085')).toBe('a\\tb\\x1b[2J\\u202e\\x85');
  expect(clean('C:\\日记 "x"')).toBe('C:\\日记 "x"');
  expect(clean('日记本', 6)).toBe('日记本');
  expect(clean('日记本', 5)).toBe('日记…');
  expect(clean('日记本', 4)).toBe('日…');
  expect(clean('日记本', 0)).toBe('');
  expect(clean('\ud800')).toBe('\\ud800');
  expect(clean(`e${'\u0301'.repeat(8)}`)).toBe(`e${'\u0301'.repeat(6)}\\u0301\\u0301`);
});

test('clean leaves what it has made clean as it is', () => {
  const once = clean('\x1b[31m老王\n\u200b👩‍👧 \u0301');
  expect(clean(once)).toBe(once);
});

test('columnsOf measures as string-width does', () => {
  for (const of of ['', 'abc', '老王', '│├►┄', '👍🏽🇨🇳é', '…、。！', 'ｱ가', '✗●']) {
    expect(columnsOf(of)).toBe(stringWidth(of));
  }
});

test('hexLines puts 16 bytes on a line, and a character at its first byte', () => {
  expect(hexLines(text('老王 hello 😀\r\n吃'))).toEqual([
    '00000000  e8 80 81 e7 8e 8b 20 68  65 6c 6c 6f 20 f0 9f 98  |老.王. hello ...|',
    '00000010  80 0d 0a e5 90 83                                 |...吃.|',
  ]);
  expect(hexLines(text('😀 é\x1b'))).toEqual([
    '00000000  f0 9f 98 80 20 c3 a9 1b                           |😀.. é..|',
  ]);
  expect(hexLines(new Uint8Array())).toEqual([]);
});

test('hexLines around an offset shows its line and both neighbours', () => {
  expect(offsets(50)).toEqual(['00000020', '00000030', '00000040']);
  expect(offsets(0)).toEqual(['00000000', '00000010']);
  expect(offsets(99)).toEqual(['00000050', '00000060']);
});

function offsets(around: number): string[] {
  return hexLines(Buffer.alloc(100), around).map((line) => line.slice(0, 8));
}

test('firstDifference finds the byte, the end of the shorter, or -1', () => {
  expect(firstDifference(text('hello'), text('help'))).toBe(3);
  expect(firstDifference(text('hello'), text('hel'))).toBe(3);
  expect(firstDifference(text(''), text('a'))).toBe(0);
  expect(firstDifference(text('same'), text('same'))).toBe(-1);
});

test('showDifference marks the byte and names the characters', () => {
  expect(showDifference(text('欢迎 小李 进入聊天室'), text('欢迎 小王 进入聊天室'))).toEqual([
    'expected … e8 bf 8e 20 e5 b0 8f e6 9d 8e 20 e8 bf 9b … 迎. 小.李. 进.',
    'got      … e8 bf 8e 20 e5 b0 8f e7 8e 8b 20 e8 bf 9b … 迎. 小.王. 进.',
    '                                ^^ first difference at byte 10',
    'there, expected "李", got "王"',
  ]);
});

test('showDifference says that one side ends early or goes on', () => {
  expect(showDifference(text('hello world\n'), text('hello'))).toEqual([
    'expected  68 65 6c 6c 6f 20 77 6f 72 6c 64 0a         hello world.',
    'got       68 65 6c 6c 6f                              hello',
    '                         ^^ first difference at byte 5',
    'got ends after 5 of 12 bytes; missing: " world\\n"',
  ]);
  expect(showDifference(text('OK'), text('OK\n')).at(-1)).toBe(
    'got goes on after the 2 expected bytes: "\\n"',
  );
  expect(showDifference(text('OK'), text('OK'))).toEqual(['both are the same 2 bytes']);
});

test('showDifference puts its caret under the byte, in 4 lines of at most 72 columns', () => {
  const random = seededRandom('difference');
  for (let i = 0; i < 500; i += 1) {
    const whole = random.int(0, 1)
      ? random.bytes(random.int(1, 60))
      : text('老王 吃了么 hi\n'.repeat(4));
    const got = Buffer.from(whole);
    const at = random.int(0, got.length - 1);
    got[at] = (got[at] ?? 0) ^ random.int(1, 255);
    const lines = showDifference(whole, got);
    expect(lines).toHaveLength(4);
    const column = lines[2]?.indexOf('^^') ?? -1;
    // Before the caret's column there is only ASCII and `…`: one code unit a column.
    expect(lines[0]?.slice(column, column + 2)).toBe(whole.subarray(at, at + 1).toString('hex'));
    expect(lines[1]?.slice(column, column + 2)).toBe(got.subarray(at, at + 1).toString('hex'));
    for (const line of lines) {
      expect(stringWidth(line)).toBeLessThanOrEqual(72);
      expect(line).not.toMatch(HOSTILE);
    }
  }
});

test('count knows one from many', () => {
  expect(count(1, 'byte')).toBe('1 byte');
  expect(count(65_536, 'byte')).toBe('65,536 bytes');
});
