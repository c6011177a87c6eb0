// What the student wrote is kept: hints, versions, progress, also when .workbook is damaged or cannot be written.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clone, type Clone } from './clone.ts';

let book: Clone;
beforeAll(async () => {
  book = await clone();
});
afterAll(() => book.remove());

const asRoot = process.getuid?.() === 0;

describe('keeping what the student wrote', () => {
  test('hints climb four rungs and remember where they stand', async () => {
    const shown = [];
    for (let count = 0; count < 5; count += 1)
      shown.push((await book.ex(['hint', 'tcp-echo', '2'])).stdout);
    expect(shown.map((text) => text.match(/hint (\d) of 4/)?.[1])).toEqual([
      '1',
      '2',
      '3',
      '4',
      '4',
    ]);
  });

  test('reset brings the starter back, undo the student’s version, history knows both', async () => {
    const own = await clone();
    try {
      const file = own.path('exercises/tcp-echo/server.ts');
      const starter = readFileSync(file, 'utf8');
      writeFileSync(file, '// 我的版本\n');
      await own.ex(['reset', 'tcp-echo']);
      expect(readFileSync(file, 'utf8')).toBe(starter);
      await own.ex(['undo', 'tcp-echo']);
      expect(readFileSync(file, 'utf8')).toBe('// 我的版本\n');
      expect((await own.ex(['history', 'tcp-echo'])).stdout).toMatch(/before reset/);
    } finally {
      await own.remove();
    }
  });

  test('a run keeps what it runs', async () => {
    const own = await clone();
    try {
      const file = own.path('exercises/tcp-echo/server.ts');
      writeFileSync(file, 'console.log("one");\n');
      await own.ex(['tcp-echo']);
      writeFileSync(file, 'console.log("two");\n');
      await own.ex(['tcp-echo']);
      await own.ex(['undo', 'tcp-echo']);
      expect(readFileSync(file, 'utf8')).toBe('console.log("one");\n');
    } finally {
      await own.remove();
    }
  });

  test('sets damaged and foreign things in .workbook aside, and goes on', async () => {
    const own = await clone({
      '.workbook/journal.jsonl': '{"half a line\n\0\0\xff',
      '.workbook/snapshots': 'not a directory',
    });
    try {
      const { status, stderr } = await own.ex([]);
      expect(status).toBe(0);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect((await own.ex(['tcp-echo'])).stderr).toContain('TODO: step 1');
      expect(readdirSync(own.path('.workbook')).some((name) => name.includes('damaged'))).toBe(
        true,
      );
    } finally {
      await own.remove();
    }
  });

  test('two runners at once both keep their progress', async () => {
    const own = await clone();
    try {
      await Promise.all(['1', '2'].map((step) => own.ex(['hint', 'tcp-echo', step])));
      for (const step of ['1', '2']) {
        expect((await own.ex(['hint', 'tcp-echo', step])).stdout).toContain('hint 2 of 4');
      }
    } finally {
      await own.remove();
    }
  });

  test.skipIf(!asRoot)(
    'says in one line that nothing can be kept, and checks all the same',
    async () => {
      const own = await clone();
      try {
        mkdirSync(own.path('.workbook'), { mode: 0o555 });
        execFileSync('chmod', ['-R', 'a+rX', own.directory]);
        const { stderr, stdout } = await own.ex(['tcp-echo', '--test', '--check', 'listens'], {
          uid: 65534,
        });
        expect(stderr.trim().split('\n').length).toBe(1);
        expect(stderr).toContain('.workbook');
        expect(stdout).toContain('✗ listens on the host and port');
        const reset = await own.ex(['reset', 'tcp-echo'], { uid: 65534 });
        expect(reset.status).toBe(1);
        expect(reset.stderr).toContain('Nothing was changed');
      } finally {
        await own.remove();
      }
    },
  );
});
