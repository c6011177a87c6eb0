// Mutants: copies of a solution with one small change each. A check that does not notice one has a hole, or the change makes
// no difference. Which changes there are is StrykerJS's business; only its instrumenter is used, because the programs under
// check are processes of their own, which no test runner of StrykerJS reaches in less than a second each.
import { createHash } from 'node:crypto';
import type { Instrumenter } from '@stryker-mutator/instrumenter';

export interface Mutant {
  /** Stays the same as long as its line does: `client-1f0c9a`. */
  readonly id: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line as it was, and what stands in it instead, in words of code. */
  readonly was: string;
  readonly becomes: string;
  /** The line as it is with the change, or the first of them. */
  readonly now: string;
  /** The whole file with the change. */
  readonly text: string;
}

/** All mutants of a program: paths with their text. */
export async function mutantsOf(files: ReadonlyMap<string, string>): Promise<Mutant[]> {
  const sources = [...files].map(([name, content]) => ({ name, content, mutate: true }));
  // By node's own import(): the package is written in modules, and what tsx's hook makes of it does not run.
  const { Instrumenter } = await import('@stryker-mutator/instrumenter');
  const { mutants } = await new Instrumenter(silent).instrument(sources, {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
    noHeader: true,
  });
  const seen = new Map<string, number>();
  return mutants.flatMap((mutant) => {
    const { fileName, location, replacement = '', mutatorName } = mutant;
    const source = files.get(fileName) ?? '';
    const [from, to] = [offset(source, location.start), offset(source, location.end)];
    const was = source.split('\n')[location.start.line]?.trim() ?? '';
    const key = `${fileName} ${was} ${mutatorName} ${location.start.column} ${replacement}`;
    // The same line may stand in a file twice.
    const turn = seen.get(key) ?? 0;
    seen.set(key, turn + 1);
    const text = source.slice(0, from) + replacement + source.slice(to);
    if (text === source) return [];
    const hash = createHash('sha256').update(`${key} ${turn}`).digest('hex').slice(0, 8);
    return {
      id: `${fileName.replace(/\.ts$/, '')}-${hash}`,
      file: fileName,
      line: location.start.line + 1,
      was,
      becomes: replacement.replace(/\s+/g, ' '),
      now: text.split('\n')[location.start.line]?.trim() ?? '',
      text,
    };
  });
}

/** Lines and columns count from 0. */
function offset(text: string, { line, column }: { line: number; column: number }): number {
  let at = 0;
  for (let left = line; left > 0; left -= 1) at = text.indexOf('\n', at) + 1;
  return at + column;
}

const no = () => false;
const nothing = () => {};
const silent: ConstructorParameters<typeof Instrumenter>[0] = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
