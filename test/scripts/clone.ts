// A clone of the workbook for the tests of its runner: what a student would have, so that no test touches exercises/ or
// .workbook/ of this one. Packages are linked, not copied.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentRun } from '../harness/run.ts';
import { pristineStarters } from '../../scripts/starters.ts';
import { lessons } from '../../scripts/lessons.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** If the tests are ended, what they have started here is, too. */
const [markName = '', markValue = ''] = currentRun().mark.split('=');

export interface Clone {
  readonly directory: string;
  /** Runs `npm run ex -- ...args` without npm, to its end. */
  ex(args: readonly string[], options?: ExOptions): Promise<Finished>;
  /** Starts it and leaves it running. */
  start(args: readonly string[], options?: ExOptions): Running;
  path(...parts: string[]): string;
  remove(): Promise<void>;
}

export interface ExOptions {
  readonly environment?: Record<string, string>;
  readonly uid?: number;
  readonly nodeArgs?: readonly string[];
  /** In a terminal of its own, made by script(1). */
  readonly terminal?: boolean;
  readonly input?: string;
}

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** All that was printed so far. */
  output(): string;
  /** Waits until `text` stands in the output, behind `after` characters of it. Resolves with where it ends. */
  until(text: string | RegExp, after?: number): Promise<number>;
  readonly ended: Promise<Finished>;
}

/** Makes a clone with pristine starters and, on request, with more files: pairs of path and text. */
export async function clone(files: Record<string, string> = {}, modules = true): Promise<Clone> {
  const directory = await mkdtemp(join(tmpdir(), 'workbook-clone-'));
  for (const name of [
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
    'README.md',
    'solutions',
    'notes',
    'scripts',
    'test',
  ]) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  for (const { name } of lessons) {
    for (const [path, text] of pristineStarters(name)) write(join('exercises', name, path), text);
  }
  for (const [path, text] of Object.entries(files)) write(path, text);
  if (modules) symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'dir');

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }

  function start(
    args: readonly string[],
    { environment = {}, uid, nodeArgs = [], terminal = false, input }: ExOptions = {},
  ): Running {
    const command = [
      process.execPath,
      ...nodeArgs,
      join(directory, 'scripts', 'start.cjs'),
      ...args,
    ];
    const inTerminal = [
      'script',
      '-qfec',
      command.map((word) => `'${word}'`).join(' '),
      '/dev/null',
    ];
    const [program = '', ...rest] = terminal ? inTerminal : command;
    const child = spawn(program, rest, {
      cwd: directory,
      env: {
        [markName]: markValue,
        PATH: process.env.PATH ?? '',
        HOME: directory,
        TMPDIR: tmpdir(),
        LANG: 'C.UTF-8',
        COLUMNS: '80',
        ...environment,
      },
      stdio: 'pipe',
      detached: true,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => {});
    if (!terminal) child.stdin.end(input ?? '');
    const ended = once(child, 'close').then(
      ([status, signal]) => ({ status, signal, stdout, stderr }) as Finished,
    );
    return {
      child,
      output: () => stdout + stderr,
      ended,
      async until(text, after = 0) {
        for (;;) {
          const found = end(stdout + stderr, text, after);
          if (found !== -1) return found;
          if (child.exitCode !== null)
            throw new Error(`it ended before it printed ${text}:\n${stdout}${stderr}`);
          await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
        }
      },
    };
  }

  return {
    directory,
    start,
    ex: (args, options) => start(args, options).ended,
    path: (...parts) => join(directory, ...parts),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function end(output: string, text: string | RegExp, after: number): number {
  const rest = output.slice(after);
  const found =
    typeof text === 'string'
      ? { index: rest.indexOf(text), length: text.length }
      : match(rest, text);
  return found.index === -1 ? -1 : after + found.index + found.length;
}

function match(text: string, pattern: RegExp): { index: number; length: number } {
  const found = pattern.exec(text);
  return found ? { index: found.index, length: found[0].length } : { index: -1, length: 0 };
}
