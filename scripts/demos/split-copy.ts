// The demo of split-copy: a story is cut in two inside a character and joined again; then one of two children is stopped and
// killed while they copy.
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import {
  canSeeChildren,
  hasReaped,
  killChild,
  stopChildren,
  watch,
} from '../../test/harness/children.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['split-copy', 'join', 'files'],
  about:
    'A story in two halves, cut inside a character, and joined again. Then a child is killed in the middle.',
  async play(trial) {
    await trial.write('故事.txt', '从前有座山');
    const parts = ['halves/故事.txt.part1', 'halves/故事.txt.part2'];
    await copy(trial, 'split-copy', ['故事.txt', 'halves'], parts);
    await copy(trial, 'join', [...parts, '又.txt'], ['又.txt']);
    if (canSeeChildren()) await failInTheMiddle(trial);
  },
};

/** Runs a program to its end, and shows the files that it has written. */
async function copy(
  trial: Trial,
  name: string,
  args: readonly string[],
  written: readonly string[],
): Promise<void> {
  const program = await trial.start(name, args);
  await program.ended('when all was copied');
  for (const path of written) {
    const bytes = await readFile(join(trial.directory, path));
    const note = path.replace('halves/', '');
    trial.exchange.record({ kind: 'file', from: name, to: 'files', note, bytes });
  }
}

/** Stops one child of two, waits until the other one has done its half, and kills the one that was stopped. */
async function failInTheMiddle(trial: Trial): Promise<void> {
  await truncate(await trial.write('long', ''), 64 * 1024 * 1024);
  const program = await trial.start('split-copy', ['long', 'out']);
  const children = await stopChildren(trial, program, (alive) => alive.slice(0, 1));
  const other = await watch(trial, program, () => hasReaped(program) || undefined);
  if (typeof children === 'string' || other !== true) return;
  trial.note(`the other child has ended; in out: ${await listed(trial)}`);
  for (const child of children) killChild(trial, child);
  await program.ended('after one child was killed');
  trial.note(`in out: ${await listed(trial)}`);
}

async function listed(trial: Trial): Promise<string> {
  const names = await trial.names(join(trial.directory, 'out'));
  return names.length === 0 ? 'nothing' : names.join(', ');
}

export default demo;
