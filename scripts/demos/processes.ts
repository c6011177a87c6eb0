// The demo of processes: a fork that returns twice, children that end in their own ways, and a zombie before and after its
// parent waits for it. What the kernel says is read from /proc while a program stands still.
import { canSeeChildren } from '../../test/harness/children.ts';
import { childrenOf, processRow } from '../../test/harness/proc.ts';
import type { Program } from '../../test/harness/program.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['twice', 'statuses', 'zombie'],
  about: 'One call, two returns; how children end; and a zombie until its parent waits.',
  async play(trial) {
    if (!canSeeChildren()) return;
    const twice = await trial.start('twice');
    await twice.line((line) => line.startsWith('child'), 'the line of the child');
    tell(trial, twice);
    twice.write('\n');
    await twice.ended('after its child');

    const statuses = await trial.start('statuses', ['3', 'SIGKILL']);
    await statuses.ended('after its children');

    const zombie = await trial.start('zombie');
    await zombie.line((line) => line.startsWith('child'), 'the state of the child');
    tell(trial, zombie);
    zombie.write('\n');
    await zombie.line((line) => line.endsWith('gone'), 'the state of the child afterwards');
    tell(trial, zombie);
    zombie.write('\n');
    await zombie.ended('after the second line');
  },
};

/** What the kernel knows of the children of a program, as a remark. */
function tell(trial: Trial, { pid, program }: Program): void {
  const children = (childrenOf(pid) ?? []).map((child) => {
    const row = processRow(child);
    return `${child} in state ${row?.state ?? '?'}, child of ${row?.parent ?? '?'}`;
  });
  trial.note(`/proc: ${program} is ${pid}; ${children.join('; ') || 'it has no child'}`);
}

export default demo;
