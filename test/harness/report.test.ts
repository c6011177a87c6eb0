// Proves that the words of a failure fit the screen and cannot harm it, whatever a program has printed.
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { CheckResult } from './check.ts';
import { showDifference } from './bytes.ts';
import { createExchange } from './exchange.ts';
import { again, reportFailure, wrap } from './report.ts';

const failed: CheckResult = {
  id: 'tcp-echo/echo-bytes',
  title: 'echoes every byte as it came, text or not',
  step: 2,
  points: 8,
  earned: 0,
  verdict: 'failed',
  duration: 80,
  seed: '4f2a',
  saw: 'the echo: 9 bytes instead of 5 bytes.',
  expected: 'the echo: 5 bytes, each as it was.',
  bytes: showDifference(
    Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x41]),
    Buffer.from('\ufffd\ufffd\0\ufffdA'),
  ),
  diagnosis: {
    id: 'text-not-bytes',
    cause:
      'the bytes were turned into text and back. EF BF BD is the mark that stands for what could not be read as text.',
  },
  lookAt: { step: 2, hint: 2 },
  exchange: [],
  processes: [],
};

test('a failure says Saw, Expected, Usual cause, Look at, in six lines beside the bytes', () => {
  expect(reportFailure(failed, { lesson: 'tcp-echo' })).toEqual([
    '✗ step 2: echoes every byte as it came, text or not',
    '',
    '  Saw         the echo: 9 bytes instead of 5 bytes.',
    '  Expected    the echo: 5 bytes, each as it was.',
    ...(failed.bytes ?? []).map((line) => `    ${line}`),
    '  Usual cause the bytes were turned into text and back. EF BF BD is the mark',
    '              that stands for what could not be read as text.',
    '  Look at     step 2 of its README; a hint: npm run ex -- hint tcp-echo 2',
    '',
    'again: npm run ex -- tcp-echo --test --check echo-bytes --seed 4f2a',
  ]);
});

test('the line to run it again names the tree, the check and the seed', () => {
  expect(again(failed, 'tcp-echo', true)).toBe(
    'npm run ex -- tcp-echo --test --solution --check echo-bytes --seed 4f2a',
  );
});

test('the workbook’s own fault is said to be that, with the top of its stack', () => {
  const { saw: _, expected: __, ...rest } = failed;
  const trouble = `TypeError: the check is broken\n${'    at somewhere (/a/b.ts:1:2)\n'.repeat(30)}`;
  const lines = reportFailure({ ...rest, verdict: 'infra', trouble }, { lesson: 'tcp-echo' });
  expect(lines[0]).toBe('✗ step 2: echoes every byte as it came, text or not (infra)');
  expect(lines.slice(2, 5)).toEqual([
    '  Trouble     the workbook itself failed here, not your program. This check does',
    '              not count.',
    '    TypeError: the check is broken',
  ]);
  expect(lines).toHaveLength(10);
});

const HOSTILE = [
  '\x1b[2J\x1b]0;owned\x07',
  'line\r\nline\ttab\0nul\u0085\u2028',
  '\u202eevil\u200b',
  '老王吃了么'.repeat(60),
  'x'.repeat(3_000),
  '👩‍👩‍👧‍👦'.repeat(40),
  `${'word '.repeat(300)}end`,
];

for (const width of [40, 80, 120]) {
  test(`at ${width} columns every line fits and holds nothing that a terminal would obey`, () => {
    for (const text of HOSTILE) {
      const exchange = createExchange();
      exchange.record({ kind: 'start', from: 'server', note: `server ${text}` });
      exchange.record({ kind: 'data', from: 'client', to: 'server', bytes: Buffer.from(text) });
      exchange.record({ kind: 'stderr', from: 'server', bytes: Buffer.from(text) });
      const result: CheckResult = {
        ...failed,
        title: `a title ${text}`,
        saw: text,
        expected: `something else than ${text}`,
        bytes: [text, `  ${text}`],
        diagnosis: { id: 'x', cause: text },
        trouble: text,
        exchange: exchange.entries,
      };
      for (const verdict of ['failed', 'timed out', 'infra'] as const) {
        const lines = reportFailure({ ...result, verdict }, { lesson: 'tcp-echo', width });
        for (const line of lines) {
          // eslint-disable-next-line no-control-regex
          expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u200b]/);
          // Commands are there to be copied: they stay in one piece.
          if (!line.startsWith('again: '))
            expect([stringWidth(line) <= width, line]).toEqual([true, line]);
        }
        const words = lines.slice(lines.indexOf('') + 1);
        expect(words.indexOf('')).toBeLessThanOrEqual(3 * 3 + 5 + 2);
      }
    }
  });
}

test('colour goes around words, never into what was printed', () => {
  const plain = reportFailure(failed, { lesson: 'tcp-echo' });
  const coloured = reportFailure(failed, { lesson: 'tcp-echo', colour: true });
  expect(coloured).not.toEqual(plain);
  // eslint-disable-next-line no-control-regex
  expect(coloured.map((line) => line.replaceAll(/\x1b\[\d+m/g, ''))).toEqual(plain);
});

test('text is broken at spaces where there are some, by columns and not by characters', () => {
  expect(wrap('吃了么 吃了么 ok', 7)).toEqual(['吃了么', '吃了么', 'ok']);
  expect(wrap('吃了么吃了么', 7)).toEqual(['吃了么', '吃了么']);
  expect(wrap('', 7)).toEqual(['']);
  expect(wrap('one two', 80)).toEqual(['one two']);
});
