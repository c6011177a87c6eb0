// Type errors of a lesson, from tsc, shown beside the verdict and never before it: a program may run well and still not
// type-check, and a learner should hear of what it does first.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './lessons.ts';

export interface TypeErrors {
  /** One per error: `server.ts:12:5  Type 'string' is not assignable to type 'number'.` */
  readonly lines: readonly string[];
}

/** Type-checks the whole workbook (0.25 s) and keeps what concerns `directory`, a path relative to the root. */
export async function typeErrors(directory: string, signal?: AbortSignal): Promise<TypeErrors> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '--noEmit', '--pretty', 'false'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(signal ? { signal } : {}),
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise<void>((resolve, reject) => {
    child.once('error', (error) => (error.name === 'AbortError' ? resolve() : reject(error)));
    child.once('close', () => resolve());
  });
  return { lines: output.split('\n').flatMap((line) => ownError(line, directory) ?? []) };
}

function ownError(line: string, directory: string): string | undefined {
  const found = line.match(/^(.+?)\((\d+),(\d+)\): error TS\d+: (.*)$/);
  if (!found?.[1]?.startsWith(`${directory}/`)) return undefined;
  return `${found[1].slice(directory.length + 1)}:${found[2]}:${found[3]}  ${found[4]}`;
}
