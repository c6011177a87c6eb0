// Proves that a browser is gone, with its processes and its files, when its trial is over or its harness is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { processesOf } from './attempt.ts';
import { openPage } from './browser.ts';
import { createExchange } from './exchange.ts';
import { Skipped } from './failure.ts';
import { currentRun } from './run.ts';
import { openTrial } from './trial.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const nowhere = { directory: root, reference: root };
const patient = { timeout: 20_000, interval: 20 };

test('a page opens, and its browser ends with the trial', { timeout: 60_000 }, async ({ skip }) => {
  const { trial, close } = openTrial(nowhere, 'browser/page', '1', createExchange());
  try {
    const page = await openPage(trial).catch((error: unknown) => {
      if (error instanceof Skipped) return skip(error.message);
      throw error;
    });
    expect(await page.evaluate('"你好".length')).toBe(2);
    expect(processesOf(currentRun().mark)).not.toEqual([]);
  } finally {
    await close();
  }
  await expect.poll(() => processesOf(currentRun().mark), patient).toEqual([]);
});

test('a machine without a browser skips the check', async () => {
  const { PATH, CHROMIUM } = process.env;
  const { trial, close } = openTrial(nowhere, 'browser/none', '1', createExchange());
  try {
    process.env.PATH = '/nowhere';
    delete process.env.CHROMIUM;
    await expect(openPage(trial)).rejects.toThrow(/no Chromium is installed/);
  } finally {
    Object.assign(process.env, { PATH }, CHROMIUM === undefined ? {} : { CHROMIUM });
    await close();
  }
});

test(
  'when its harness is killed, the guardian ends the browser and removes its files',
  { timeout: 60_000 },
  async ({ skip }) => {
    const directory = await mkdtemp(join(tmpdir(), 'browser-test-'));
    const imported = (name: string) => JSON.stringify(join(root, 'test/harness', name));
    try {
      await writeFile(
        join(directory, 'harness.cjs'),
        `require(${JSON.stringify(join(root, 'node_modules/tsx/dist/cjs/index.cjs'))});
const { openTrial } = require(${imported('trial.ts')});
const { createExchange } = require(${imported('exchange.ts')});
const { currentRun } = require(${imported('run.ts')});
const { openPage } = require(${imported('browser.ts')});
(async () => {
  const { trial } = openTrial({ directory: __dirname, reference: __dirname }, 'browser/killed', '1', createExchange());
  await openPage(trial);
  console.log(JSON.stringify(currentRun()));
})();`,
      );
      const harness = spawn(process.execPath, [join(directory, 'harness.cjs')], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ended = once(harness, 'close');
      const said = await Promise.race([once(harness.stdout, 'data'), ended.then(() => undefined)]);
      if (!said) return skip('no browser starts here');
      const run = JSON.parse(String(said[0])) as { mark: string; root: string };
      expect(processesOf(run.mark)).not.toEqual([]);
      harness.kill('SIGKILL');
      await ended;
      await expect.poll(() => existsSync(run.root), patient).toBe(false);
      await expect.poll(() => processesOf(run.mark), patient).toEqual([]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
);
