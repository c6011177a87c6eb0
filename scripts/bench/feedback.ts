// How long a student waits: from a save to the verdict, and from a cold start to the first and the last verdict.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { clone, type Clone } from '../../test/scripts/clone.ts';
import type { Bench, Contest } from './contest.ts';

/** A clone in which the student's tcp-echo is right, and the contests on it. Call `close` at the end. */
export async function feedback(rounds: number): Promise<Bench> {
  const book = await clone();
  const file = book.path('exercises/tcp-echo/server.ts');
  const solution = readFileSync(book.path('solutions/tcp-echo/server.ts'), 'utf8');
  let saves = 0;
  const save = () => writeFileSync(file, `${solution}// ${(saves += 1)}\n`);
  save();

  const ours = watcher(book, ['scripts/start.cjs', 'tcp-echo', '--watch'], {});
  await ours.seen(/step 2 {2}/);
  const vitest = watcher(
    book,
    [
      'node_modules/vitest/vitest.mjs',
      '--watch',
      'test/tcp-echo.test.ts',
      '-t',
      'step 1: listens',
      '--reporter=verbose',
    ],
    { WORKBOOK_TREE: 'exercises', CI: '' },
  );
  await vitest.seen(/Waiting for file changes/);

  const contests: Contest[] = [
    {
      name: 'from a save to a verdict in watch mode, tcp-echo',
      unit: 'ms',
      higherIsBetter: false,
      rounds,
      target:
        'the verdict on step 1 within 150 ms; 4 times as fast as vitest --watch on the same check',
      contenders: [
        {
          name: 'first check of step 1',
          measure: () => ours.after(save, /✓ listens on the port/, /of \d steps pass/),
        },
        {
          name: 'vitest --watch, the same check',
          measure: () =>
            vitest.after(
              () => touch(book, save),
              /✓ .*listens on the port/,
              /Waiting for file changes/,
            ),
        },
      ],
    },
    {
      name: 'from a save to the whole verdict on step 1 in watch mode, tcp-echo (3 checks)',
      unit: 'ms',
      higherIsBetter: false,
      rounds,
      contenders: [
        {
          name: 'step 1',
          measure: () => ours.after(save, /✓ says in one line that a port/, /of \d steps pass/),
        },
      ],
    },
    ...(
      [
        ['first', /✓/, 1_000],
        ['last', /steps pass/, 4_000],
      ] as const
    ).map(([which, pattern, target]): Contest => ({
      name: `npm run ex -- tcp-echo --test --solution, from a cold start to the ${which} verdict`,
      unit: 'ms',
      higherIsBetter: false,
      rounds,
      target: `${target.toLocaleString('en')} ms`,
      contenders: [{ name: `${which} verdict`, measure: () => cold(book, pattern) }],
    })),
  ];
  return {
    contests,
    async close() {
      await Promise.all([ours.close(), vitest.close()]);
      await book.remove();
    },
  };
}

/** vitest follows imports, and a check starts the student's file as a process: it must be told by touching the test. */
function touch(book: Clone, save: () => void): void {
  save();
  const test = book.path('test/tcp-echo.test.ts');
  writeFileSync(test, readFileSync(test));
}

interface Watcher {
  seen(pattern: RegExp): Promise<void>;
  /** Milliseconds from `act` to `pattern` in what is printed after it; then waits for `rest`. */
  after(act: () => void, pattern: RegExp, rest: RegExp): Promise<number>;
  close(): Promise<void>;
}

function watcher(
  book: Clone,
  args: readonly string[],
  environment: Record<string, string>,
): Watcher {
  const child: ChildProcess = spawn(process.execPath, args, {
    cwd: book.directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout
    ?.setEncoding('utf8')
    .on('data', (text: string) => (output += stripVTControlCharacters(text)));
  const seen = async (pattern: RegExp) => {
    while (!pattern.test(output)) await once(child.stdout as NodeJS.ReadableStream, 'data');
  };
  return {
    seen,
    async after(act, pattern, rest) {
      output = '';
      const began = performance.now();
      act();
      await seen(pattern);
      const took = performance.now() - began;
      await seen(rest);
      return took;
    },
    async close() {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

async function cold(book: Clone, pattern: RegExp): Promise<number> {
  const began = performance.now();
  const child = spawn('npm', ['run', '--silent', 'ex', '--', 'tcp-echo', '--test', '--solution'], {
    cwd: book.directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let took: number | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (pattern.test(output)) took ??= performance.now() - began;
  });
  await once(child, 'close');
  if (took === undefined) throw new Error(`it never printed ${pattern}: ${output}`);
  return took;
}
