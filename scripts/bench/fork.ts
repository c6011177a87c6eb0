// fork: what one costs, beside Node's own ways to start a child; and thousands of children whose ends are read back.
import { join } from 'node:path';
import { makeRunnable } from '../../test/harness/transform.ts';
import { root } from '../lessons.ts';
import type { Bench, Contender } from './contest.ts';
import { output, stress } from './fork-stress.ts';
import { ground, peer } from './ground.ts';

const PROGRAMS = join(root, 'test/posix/programs');
/** Forks of a round of the contest, and of each stress. */
const COSTS = 50;
const FORKS = Number(process.env.WORKBOOK_FORKS ?? 10_000);

/** With WORKBOOK_NODES (paths of node binaries, separated by colons; see nodes.sh) it stresses those, and nothing else. */
export async function fork(rounds: number): Promise<Bench> {
  const out = ground('fork');
  const [empty = [], ends = []] = await Promise.all(
    ['empty', 'ends'].map(async (name) => (await makeRunnable(PROGRAMS, name, out)).args),
  );
  const cost = (name: string, args: readonly string[]): Contender => ({
    name,
    measure: async () => Number(await output(process.execPath, [...args, `${COSTS}`])),
  });
  const others = process.env.WORKBOOK_NODES?.split(':').filter(Boolean);
  return {
    contests: others
      ? []
      : [
          {
            name: 'a child that ends at once, from its start to its exit status',
            unit: 'ms',
            higherIsBetter: false,
            rounds,
            contenders: [
              cost('fork() of #posix', empty),
              cost('child_process.fork of an empty module', [peer('children.mjs'), 'fork']),
              cost('spawn of node -e 0', [peer('children.mjs'), 'node']),
              cost('spawn of true(1)', [peer('children.mjs'), 'true']),
            ],
          },
        ],
    count: (tell) => stress(others ?? [process.execPath], ends, FORKS, tell),
    close: async () => {},
  };
}
