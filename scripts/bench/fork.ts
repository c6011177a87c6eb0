// fork: what one costs, beside Node's own ways to start a child; and thousands of children that end in sixteen ways, on
// this Node and on all that WORKBOOK_NODES names (paths of node binaries, separated by colons; see nodes.sh).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeRunnable } from '../../test/harness/transform.ts';
import { root } from '../lessons.ts';
import type { Bench, Contender } from './contest.ts';
import { ground, peer } from './ground.ts';

const PROGRAMS = join(root, 'test/posix/programs');
/** Forks of a round: 50 for the costs, 100 times the sixteen ways for the ends. */
const COSTS = 50;
const TURNS = 100;

export async function fork(rounds: number): Promise<Bench> {
  const out = ground('fork');
  const nodes = [
    process.execPath,
    ...(process.env.WORKBOOK_NODES ?? '').split(':').filter(Boolean),
  ];
  const [empty, ends] = await Promise.all(
    ['empty', 'ends'].map((name) => makeRunnable(PROGRAMS, name, out)),
  );
  const print = (node: string, args: readonly string[]) => {
    const { status, stdout } = spawnSync(node, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${node} ended with status ${status}`);
    return stdout;
  };
  const versionOf = (node: string) => print(node, ['--version']).trim();
  const cost = (name: string, args: readonly string[]): Contender => ({
    name,
    measure: async () => Number(print(process.execPath, [...args, `${COSTS}`])),
  });
  return {
    contests: [
      {
        name: 'a child that ends at once, from its start to its exit status',
        unit: 'ms',
        higherIsBetter: false,
        rounds,
        contenders: [
          cost('fork() of #posix', empty?.args ?? []),
          cost('child_process.fork of an empty module', [peer('children.mjs'), 'fork']),
          cost('spawn of node -e 0', [peer('children.mjs'), 'node']),
          cost('spawn of true(1)', [peer('children.mjs'), 'true']),
        ],
      },
      ...nodes.map((node) => ({
        name: `${versionOf(node)}: ${TURNS * 16} children that end in 16 ways; a status that is wrong, lost or late ends it`,
        unit: 'ms a child',
        higherIsBetter: false,
        rounds,
        contenders: [
          {
            name: 'fork() of #posix',
            async measure() {
              const told = print(node, [...(ends?.args ?? []), `${TURNS}`]);
              const { wrong, left, milliseconds } = JSON.parse(told) as Ends;
              if (wrong.length > 0 || left) throw new Error(`wrong ends: ${wrong.join('; ')}`);
              return milliseconds;
            },
          },
        ],
      })),
    ],
    close: async () => {},
  };
}

/** What test/posix/programs/ends.ts prints. */
interface Ends {
  readonly wrong: readonly string[];
  readonly left: boolean;
  readonly milliseconds: number;
}
