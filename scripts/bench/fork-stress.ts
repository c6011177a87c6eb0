// Many forks on each of some Nodes, counted and not compared: one status that is wrong is one too many.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { UserError } from '../user-error.ts';

/** What the children do (see test/posix/programs/ends.ts), and with which flags of node besides those of fork(). */
const KINDS: readonly Kind[] = [
  { name: 'collect garbage', ways: 1, only: ['collects garbage'], flags: [] },
  { name: 'end in 19 ways', ways: 19, only: [], flags: [] },
  // Memory is what fork() has most trouble with: here V8 asks the kernel for more of it all the time.
  { name: 'the same, while V8 grows', ways: 19, only: [], flags: ['--min-semi-space-size=16'] },
];

interface Kind {
  readonly name: string;
  readonly ways: number;
  readonly only: readonly string[];
  readonly flags: readonly string[];
}

/** What test/posix/programs/ends.ts prints. `wrong` are all that did not end as expected, the hung and the lost too. */
interface Ends {
  readonly forks: number;
  readonly wrong: readonly string[];
  readonly hung: number;
  readonly lost: number;
  readonly left: number;
  readonly milliseconds: number;
}

/** Tells a table, line by line: a row for each Node and each kind of child. Throws if anything is wrong. */
export async function stress(
  nodes: readonly string[],
  ends: readonly string[],
  forks: number,
  tell: (line: string) => void,
): Promise<void> {
  tell('how the ends of children were read back: none may be wrong, hung, lost or left');
  tell(row('Node', 'the children', ['forks', 'wrong', 'hung', 'lost', 'left', 'ms each']));
  const failures: string[] = [];
  for (const node of nodes) {
    const version = (await output(node, ['--version'])).trim();
    for (const kind of KINDS) {
      try {
        const { cells, wrong } = await count(node, ends, forks, kind);
        tell(row(version, kind.name, cells));
        failures.push(...wrong.map((what) => `${version}: ${what}`));
      } catch (error) {
        tell(row(version, kind.name, ['failed']));
        failures.push(`${version}: ${(error as Error).message}`);
      }
    }
  }
  tell('');
  if (failures.length > 0) throw new UserError(`fork() fails: ${failures.slice(0, 20).join('; ')}`);
}

async function count(
  node: string,
  ends: readonly string[],
  forks: number,
  { ways, only, flags }: Kind,
): Promise<{ cells: readonly (string | number)[]; wrong: readonly string[] }> {
  const args = [...flags, ...ends, `${Math.ceil(forks / ways)}`, ...only];
  // A child that hangs is killed by its parent. Five minutes, and half a second a child: then the parent itself hangs.
  const told = JSON.parse(await output(node, args, 300_000 + 500 * forks)) as Ends;
  const { wrong, hung, lost, left, milliseconds } = told;
  return {
    cells: [told.forks, wrong.length, hung, lost, left, milliseconds.toFixed(1)],
    wrong: left > 0 ? [...wrong, `${left} children are left`] : wrong,
  };
}

function row(node: string, children: string, cells: readonly (string | number)[]): string {
  const right = cells.map((cell) => `${cell}`.padStart(8));
  return `  ${node.padEnd(10)} ${children.padEnd(25)}${right.join('')}`;
}

/** What a program prints within a time, in milliseconds. Its stderr is not shown: some of the children fail on purpose. */
export async function output(
  node: string,
  args: readonly string[],
  time = 60_000,
): Promise<string> {
  const child = spawn(node, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: time,
    killSignal: 'SIGKILL',
  });
  const [printed, [status, signal]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  if (status !== 0) throw new UserError(`${node} ended with ${signal ?? `status ${status}`}`);
  return printed;
}
