// The demo of primes: a busy loop and its stolen ticks, the same in slices, and three workers at once, one of which is killed.
import { canSeeChildren, killChild } from '../../test/harness/children.ts';
import { childrenOf } from '../../test/harness/proc.ts';
import { effortOf, lookFor } from '../../test/harness/effort.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const PATIENCE = { patience: 60_000 };

const demo: Demo = {
  actors: ['primes', 'ticks', 'share'],
  about:
    'The ticks that a busy loop steals, and the same work in slices. Then several workers, and one of them is killed.',
  async play(trial) {
    await run(trial, 'primes', '100000', '--fast');
    await run(trial, 'ticks', '30000');
    await run(trial, 'ticks', '30000', '--slices');
    await run(trial, 'share', '100000', '--workers', '4');
    if (canSeeChildren()) await killOne(trial);
  },
};

async function run(trial: Trial, name: string, ...args: readonly string[]): Promise<void> {
  trial.note(`${name} ${args.join(' ')}`);
  const program = await trial.start(name, args);
  await program.ended('when it had found its primes', PATIENCE);
}

/** Three workers with work for hours: one is killed, and the others are ended with it. */
async function killOne(trial: Trial): Promise<void> {
  trial.note('share 10000000 --workers 3');
  const program = await trial.start('share', ['10000000', '--workers', '3']);
  const second = await lookFor(trial, program, () => {
    const working = (childrenOf(program.pid) ?? []).filter((pid) => effortOf(pid) > 0);
    return working.length === 3 ? working.sort((a, b) => a - b)[1] : undefined;
  });
  if (second === undefined) return;
  killChild(trial, second);
  await program.ended('after one worker was killed', PATIENCE);
}

export default demo;
