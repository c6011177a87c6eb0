// `npm run grade`, as whoever tests it starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentRun } from '../harness/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(words: readonly string[]) {
  const child = spawn(process.execPath, [join(root, 'scripts/start.cjs'), 'grade', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // If the tests are ended, so is it.
    env: { ...process.env, NO_COLOR: '1', ...Object.fromEntries([currentRun().mark.split('=')]) },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const ended = once(child, 'close').then(([status]): Ended => ({
    status: status as number | null,
    stdout,
    stderr,
  }));
  return { child, ended, until: (text: RegExp) => untilSaid(child.stderr, () => stderr, text) };
}

async function untilSaid(
  stream: NodeJS.ReadableStream,
  said: () => string,
  text: RegExp,
): Promise<void> {
  while (!text.test(said())) await once(stream, 'data');
}

/** Runs it to its end. */
export const grade = (...words: readonly string[]) => start(words).ended;
