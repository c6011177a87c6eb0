// A real browser for the few checks that need one: found on this machine, started without a window, closed with its trial.
import { accessSync, constants } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { currentRun } from './run.ts';
import type { Trial } from './trial.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long it may take to start, in milliseconds: seconds on a loaded machine. */
const START = 45_000;

/**
 * Opens an empty page in a browser of its own. Skips the check if this machine has none that starts. Everything of it is
 * gone when the trial ends: its profile stands below the trial's directory, its processes are ended with the trial, and
 * by the guardian (run.ts) if this process is killed.
 */
export async function openPage(trial: Trial): Promise<Page> {
  const executablePath = findBrowser();
  if (executablePath === undefined)
    return trial.skip('no Chromium is installed (if it is elsewhere, $CHROMIUM may name it)');
  const context = await trial.own(launch(trial, executablePath), (context) => context?.close());
  if (!context) return trial.skip(`${executablePath} does not start here`);
  return context.pages()[0] ?? (await context.newPage());
}

/** Undefined if the browser does not start. */
async function launch(trial: Trial, executablePath: string): Promise<BrowserContext | undefined> {
  // Loaded here and not above: it takes 0.4 s, and the runner loads every lesson.
  const load = createRequire(import.meta.url);
  const { chromium, errors } = load('playwright-core') as typeof import('playwright-core');
  try {
    // In a cell it is not for the student's user: neither the browser nor what it writes.
    const profile = await mkdtemp(join(trial.cell?.closed ?? trial.directory, 'browser-'));
    return await chromium.launchPersistentContext(profile, {
      executablePath: trial.cell
        ? await startedBy(trial.cell.reference, executablePath, profile)
        : executablePath,
      artifactsDir: profile,
      args: FLAGS,
      headless: true,
      timeout: START,
      env: Object.fromEntries([
        ['PATH', process.env.PATH ?? '/usr/bin:/bin'],
        ['HOME', profile],
        ['TMPDIR', profile],
        ['LANG', 'C.UTF-8'],
        currentRun().mark.split('=', 2),
      ]),
      // Ctrl+C is the runner's business.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    if (
      !(error instanceof errors.TimeoutError) &&
      !/Failed to launch|has been closed/.test(String(error))
    )
      throw error;
    return undefined;
  }
}

/** A program that is another one, with these commands in front of it. Written into `directory`. */
async function startedBy(
  before: readonly string[],
  program: string,
  directory: string,
): Promise<string> {
  const path = join(directory, 'start');
  const command = [...before, program].map((word) => `'${word}'`).join(' ');
  await writeFile(path, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  return path;
}

/** The path of a Chromium: what `$CHROMIUM` names, or the first of the usual names in `PATH`. */
function findBrowser(): string | undefined {
  const inPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return [process.env.CHROMIUM ?? '', ...inPath].find((path) => path !== '' && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(code)) return false;
    throw error;
  }
}
