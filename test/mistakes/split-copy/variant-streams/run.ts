// The children, by spawn and callbacks; each writes a file of a name of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Range = {
  name: string;
  source: string;
  target: string;
  start: number;
  end: number;
  at: number;
};

const program = fileURLToPath(new URL('./copy-range.ts', import.meta.url));

/** Calls `done` once all have ended, with what went wrong first, and with the process ids. */
export function run(
  ranges: Range[],
  done: (trouble: string | NodeJS.Signals | undefined, pids: number[]) => void,
): void {
  let trouble: string | undefined;
  let left = ranges.length;
  const children: ChildProcess[] = [];
  const giveUp = (why: string) => {
    trouble ??= why;
    for (const child of children) child.kill('SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, giveUp);
  for (const { name, source, target, start, end, at } of ranges) {
    const child = spawn(
      process.execPath,
      [...process.execArgv, program, source, target].concat([
        '--start',
        `${start}`,
        '--end',
        `${end}`,
        '--at',
        `${at}`,
      ]),
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let words = '';
    child.stderr.on('data', (chunk) => (words += chunk));
    child.on('close', (code, signal) => {
      if (code !== 0) giveUp(`${name}: ${words.trim() || (signal ?? code)}`);
      left -= 1;
      if (left === 0)
        done(
          trouble,
          children.map(({ pid }) => pid ?? 0),
        );
    });
    children.push(child);
  }
}

/** Ends a program that could not do its work. */
export function giveUp(program: string, why: string): never {
  if (why === 'SIGINT' || why === 'SIGTERM') process.exit(why === 'SIGINT' ? 130 : 143);
  console.error(`${program}: ${why}`);
  process.exit(1);
}
