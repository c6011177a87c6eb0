// report.html: nothing of a submission becomes markup, nothing is fetched, and it is readable on a desk and on a phone.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { foldClass } from '../../scripts/grade/report/class.ts';
import { escapeText, html, markupOf, trusted } from '../../scripts/grade/report/html.ts';
import { renderPage } from '../../scripts/grade/report/page.ts';
import type { CheckMark, GradeRecord, LessonMark } from '../../scripts/grade/record.ts';
import { openPage } from '../harness/browser.ts';
import { createExchange } from '../harness/exchange.ts';
import { Skipped } from '../harness/failure.ts';
import { currentRun } from '../harness/run.ts';
import { openTrial } from '../harness/trial.ts';
import { everythingAwkward, fullMarks, HOSTILE, sampleRecords } from './sample-records.ts';

describe('html', () => {
  test('escapes values, keeps markup and lists of it, leaves out what is not there', () => {
    const list = ['<b>', html`<i>${'"'}</i>`, 3];
    expect(markupOf(html`<p title="${'a"b'}">${list}${false}${undefined}</p>`)).toBe(
      '<p title="a&quot;b">&lt;b&gt;<i>&quot;</i>3</p>',
    );
  });

  test('takes nothing that was read from JSON for markup', () => {
    const copy = JSON.parse(JSON.stringify(trusted('<script>'))) as string;
    expect(markupOf(html`<p>${copy}</p>`)).not.toContain('script');
  });

  test.each([
    ['&<>"\'`', '&amp;&lt;&gt;&quot;&#39;&#96;'],
    ['\0\u001b\r\n\t\u007f', '␀␛␍␊␉␡'],
    ['\u009b31m', '\\x9b31m'],
    ['\u202egnp.exe\u2066\u200e', '\\u202egnp.exe\\u2066\\u200e'],
    ['\ufeff\u200b\u2028\u{e0041}', '\\ufeff\\u200b\\u2028\\u{e0041}'],
    ['\ud800|\udc00|😀', '\ufffd|\ufffd|😀'],
    [`e${'\u0301'.repeat(50)}`, `e${'\u0301'.repeat(6)}`],
    ['李雷 👩‍👩‍👧 Zoë محمد', '李雷 👩‍👩‍👧 Zoë محمد'],
  ])('shows %j harmlessly', (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });
});

describe('the page', () => {
  const page = renderPage(foldClass(sampleRecords));

  test('allows its own style and script by their hashes, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hashOf = (element: string) => {
      const text = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(page)?.[1] ?? '';
      return `&#39;sha256-${createHash('sha256').update(text).digest('base64')}&#39;`;
    };
    expect(policy.split('; ')).toEqual([
      'default-src &#39;none&#39;',
      `style-src ${hashOf('style')}`,
      `script-src ${hashOf('script')}`,
      'base-uri &#39;none&#39;',
      'form-action &#39;none&#39;',
    ]);
  });

  test('names no address but places on itself', () => {
    expect(page.match(/(?:src|href|action|url)\s*[=(]\s*(?!"#)/g)).toBeNull();
    expect(page).not.toMatch(/@import|https?:/);
  });

  test('says what failed, what was not graded and what was refused', () => {
    for (const words of [
      'Nothing came within 10 s.',
      'One read is taken for one message; TCP is a stream.',
      'npm run ex -- hint tcp-echo 2',
      'timed out, tried 2 times',
      'EMFILE: too many open files ␛[31m',
      'processes: 100 of 100 points: bwrap: Creating new namespace failed',
      'its path leads out of the submission',
      'Of 2 students something could not be graded',
      '1 submission ran without a sandbox',
      'namespaces (1), user (1), none (1)',
      '2e'.repeat(32),
      '7c3a91d2',
    ])
      expect(page.replace(/\s+/g, ' ')).toContain(words);
  });

  test('gives 0 to nobody who could not be graded', () => {
    const nobody = renderPage(foldClass(sampleRecords.slice(2)));
    expect(nobody).not.toMatch(/<td[^>]*>\s*(<[^>]*>)*0/);
    expect(nobody).toContain('not graded');
  });

  test('cuts long texts and drawings', () => {
    expect(page).not.toContain('长'.repeat(1000));
    const rows = Array.from({ length: 100 }, (_, n) => `row ${n} of it`);
    const long = renderPage(foldClass([failing('a', [{ picture: rows }])]));
    expect(long).toContain('row 39 of it\n… 60 more rows');
  });

  test('can be empty', () => {
    expect(renderPage(foldClass([]))).toContain('0 students');
  });

  test('stays below 10 MB for 300 students who fail in everything, and gives each of them the same room', () => {
    const saw = 'the server ended (exit 1) before it listened, and said: 错误 '.repeat(4);
    const picture = Array.from({ length: 24 }, () => '│ ──── 10 bytes ────► │'.padEnd(80, '·'));
    const lessons = Array.from({ length: 11 }, (_, n): LessonMark => {
      const checks = Array.from({ length: 30 }, (_, m) =>
        failed(`lesson-${n}/check-${m}`, m, { saw, picture }),
      );
      return { ...(fullMarks.lessons[0] as LessonMark), lesson: `lesson-${n}`, points: 0, checks };
    });
    const records = Array.from({ length: 300 }, (_, n) => ({
      ...fullMarks,
      student: `学生 ${n}`,
      lessons,
    }));
    const page = renderPage(foldClass(records.map((record) => structuredClone(record))));
    expect(Buffer.byteLength(page)).toBeLessThan(10_000_000);
    const drawn = page
      .split('<details class="student">')
      .slice(1)
      .map((one) => one.split('<pre>').length - 1);
    expect(Math.min(...drawn)).toBeGreaterThan(0);
    const worded = page
      .split('<details class="student">')
      .slice(1)
      .map((one) => one.split('<dl>').length - 1);
    expect(Math.min(...worded)).toBeGreaterThanOrEqual(11);
  });
});

test(
  'in a browser it runs no foreign script, asks for nothing, sorts, opens what is linked, and fits',
  { timeout: 120_000 },
  async ({ skip }) => {
    const trial = openTrial(
      { directory: '/', reference: '/' },
      'grade/page',
      '1',
      createExchange(),
    );
    try {
      const page = await openPage(trial.trial).catch((error: unknown) => {
        if (error instanceof Skipped) return skip(error.message);
        throw error;
      });
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('dialog', (dialog) => {
        said.push(`dialog ${dialog.message()}`);
        dialog.dismiss().catch(() => {});
      });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));

      const attack = `"><img src=x onerror=alert(1)><script>alert(2)</script>'${HOSTILE}`;
      const student = {
        ...everythingAwkward,
        student: attack,
        seed: attack,
        node: attack,
        suite: attack,
      };
      const records = [
        student,
        fullMarks,
        failing('a'.repeat(300), [
          {
            saw: attack,
            title: attack,
            stepTitle: attack,
            id: `tcp-echo/${attack}`,
            picture: ['─'.repeat(80), `│${'李'.repeat(39)}│`, attack],
          },
        ]),
      ];
      const file = join(currentRun().directory('page'), 'report.html');
      writeFileSync(file, renderPage(foldClass(records)));
      const url = pathToFileURL(file).href;
      await page.goto(url);

      expect(
        await page.evaluate(
          `['script', 'style', 'img', 'iframe', 'link'].map((name) => document.querySelectorAll(name).length)`,
        ),
      ).toEqual([1, 1, 0, 0, 0]);
      expect(await page.locator('details.student bdi').allTextContents()).toHaveLength(3);

      // The totals, up and down.
      const totals = () => page.locator('#heat tbody tr td:first-of-type').allTextContents();
      const button = page.getByRole('button', { name: 'Total' });
      await button.click();
      const down = (await totals()).map(Number.parseFloat);
      expect(down).toEqual(down.toSorted((a, b) => b - a));
      await button.click();
      expect((await totals()).map(Number.parseFloat)).toEqual(down.toReversed());

      // A cell leads to that lesson of that student.
      expect(await page.locator('details[open]').count()).toBe(0);
      await page.locator('#heat tbody tr', { hasText: '韩梅梅' }).locator('td a').last().click();
      await expect
        .poll(() => page.locator('details.lesson[open] summary b').allTextContents())
        .toEqual(['tcp-echo']);

      await page.evaluate(
        `for (const one of document.querySelectorAll('details')) one.open = true`,
      );
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate(TOO_WIDE)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.evaluate(FIRST_ROWS)).toBe(2);
      }
      expect(said).toEqual([]);
      expect(asked).toEqual([url]);
    } finally {
      await trial.close();
    }
  },
);

/** What reaches over the right edge, the heat map's own box left out. */
const TOO_WIDE = `[...document.querySelectorAll('body *')]
  .filter((one) => !one.closest('.box') && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 80))`;

/** Lines that the first two rows of the drawing with 李 take: 80 columns, of ASCII or of Chinese, fit on one line each. */
const FIRST_ROWS = `(() => {
  const drawing = [...document.querySelectorAll('pre')].find((one) => one.textContent.startsWith('──'));
  const range = document.createRange();
  range.setStart(drawing, 0);
  range.setEndAfter([...drawing.querySelectorAll('i')].filter((one) => one.textContent === '李')[38]);
  return Math.round(range.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(drawing).lineHeight));
})()`;

function failed(id: string, step: number, more: Partial<CheckMark> = {}): CheckMark {
  return {
    id,
    title: `a claim about ${id}`,
    step: 1 + (step % 6),
    stepTitle: `Step of ${id}`,
    points: 1,
    earned: 0,
    verdict: 'failed',
    attempts: 1,
    duration: 1,
    saw: 'nothing',
    expected: 'something',
    ...more,
  };
}

function failing(student: string, checks: readonly Partial<CheckMark>[]): GradeRecord {
  const lesson = fullMarks.lessons[1] as LessonMark;
  return {
    ...fullMarks,
    student,
    lessons: [
      { ...lesson, points: 0, checks: checks.map((one, n) => failed(`tcp-echo/c${n}`, n, one)) },
    ],
  };
}
