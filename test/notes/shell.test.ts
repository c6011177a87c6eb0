// Every command of notes/shell.md is run, line by line, and must print what stands below it. The lines under one heading
// share one bash, in an empty directory that is its HOME; the next heading gets a new one. LC_ALL is C.UTF-8, the umask 022,
// the terminal 80 columns wide. Compared exactly but for spaces at the ends of lines and places marked ‹user›, ‹group›, ‹pid›,
// ‹number›, ‹date›, ‹home› (the directory) and ‹rest› (any rest of a line). A marked place that comes again under the same
// heading must hold the same text again (‹pid 2› is another one); only ‹rest› may differ. A line with `# not run: …` behind it
// is not run, and says why; a block with `needs=zip` is run where that program is installed.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { currentRun } from '../harness/run.ts';
import { root } from '../../scripts/lessons.ts';
import { consoleSections, isInstalled, runSection, type ConsoleLine } from './console.ts';

const note = readFileSync(join(root, 'notes/shell.md'), 'utf8');
const sections = consoleSections(note);
const lines = sections.flatMap((section) => section.lines);

/** Elsewhere the same commands are others: BSD's `ls` and `script` have options of their own. */
const canRun = process.platform === 'linux' && isInstalled('script') && isInstalled('bash');

const REASONS = /^needs (root|a network|a second machine|root and a network)$/;

test('a line that is not run says why, and shows no output that nobody has seen', () => {
  const odd = lines.filter(
    ({ notRun, output }) => notRun !== undefined && (output !== '' || !REASONS.test(notRun)),
  );
  expect(odd).toEqual([]);
});

test('what needs root, a network or another machine is not run', () => {
  const dangerous =
    /(^|\| )(sudo|su|ssh|scp|ssh-copy-id|ping|apt|apt-get|shutdown|reboot|adduser|deluser|passwd|vipw)(\s|$)/;
  const odd = lines.filter(({ notRun, command }) => !notRun && dangerous.test(command));
  expect(odd).toEqual([]);
});

test('no line writes outside its directory', () => {
  const outside = />\s*\/|\b(rm|mv|cp|ln|touch|mkdir|tar|chmod)\b.*\s\//;
  const writes = ({ command }: ConsoleLine) =>
    outside.test(command.replaceAll(/>\s*\/dev\/null/g, ''));
  expect(lines.filter((line) => !line.notRun && writes(line))).toEqual([]);
});

test('most lines can be run', () => {
  const run = lines.filter(({ notRun }) => notRun === undefined);
  expect(run.length).toBeGreaterThan(lines.length * 0.7);
});

describe.runIf(canRun)('notes/shell.md', () => {
  for (const { title, lines } of sections) {
    test(title, { timeout: 180_000 }, async (context) => {
      const run = lines.filter(({ notRun }) => notRun === undefined);
      const needed = [...new Set(run.flatMap(({ needs }) => needs))];
      const missing = needed.filter((program) => !isInstalled(program));
      const can = run.filter(({ needs }) => !needs.some((program) => missing.includes(program)));
      if (run.length > 0 && can.length === 0) context.skip(`not installed: ${missing.join(', ')}`);
      for (const { at, command, expected, got } of await runSection(can)) {
        expect.soft(got, `notes/shell.md:${at}: ${command}`).toBe(expected);
      }
    });
  }
});

describe.runIf(canRun)('how the lines are run', () => {
  const typed = (text: string): readonly ConsoleLine[] =>
    consoleSections(`## 试\n\n\`\`\`console\n${text}\n\`\`\`\n`).flatMap(({ lines }) => lines);

  test('a wrong output is noticed, and the lines behind it are run', async () => {
    const troubles = await runSection(typed('$ echo 你好\n再见\n$ echo 你好\n你好'));
    expect(troubles).toEqual([{ at: 4, command: 'echo 你好', expected: '再见\n', got: '你好\n' }]);
  });

  test('a missing output and one too many are noticed', async () => {
    const troubles = await runSection(typed('$ echo 你好\n$ true\n你好'));
    expect(troubles.map(({ at }) => at)).toEqual([4, 5]);
  });

  test('a marked place holds the same text each time', async () => {
    const troubles = await runSection(
      typed('$ echo 1\n‹number›\n$ echo 1\n‹number›\n$ echo 2\n‹number›\n$ echo 2\n‹number 2›'),
    );
    expect(troubles.map(({ at }) => at)).toEqual([8]);
  });

  test('a line that does not end is given up, and nothing of it stays', async () => {
    const troubles = await runSection(typed('$ sleep 987654\n$ echo 你好\n你好'), { limit: 2_000 });
    expect(troubles.map(({ got }) => got)).toEqual(['it did not end in 2000 ms']);
    expect(readdirSync(currentRun().root).filter((name) => name.startsWith('shell'))).toEqual([]);
  });

  test('a process that is left behind is noticed', async () => {
    const troubles = await runSection(typed('$ setsid sleep 987654 > /dev/null 2>&1 < /dev/null'));
    expect(troubles.map(({ got }) => got)).toEqual(['a process was left behind: sleep']);
  });
});
