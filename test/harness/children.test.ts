// Proves what is done to the children of a program with shells that have real ones.
import { expect, test } from 'vitest';
import { attempt } from './attempt.ts';
import {
  childrenOf,
  hasReaped,
  isDoomed,
  killChild,
  letGoOn,
  send,
  stopChildren,
  watch,
} from './children.ts';

/** Starts two children that wait for the end of its input, says so, and goes on with `then`. */
const parent = (then: string) => `exec 3<&0; cat <&3 & cat <&3 & echo up; ${then}`;

test('children are seen in their order, stopped, and let go on', async () => {
  const { verdict, saw, trouble } = await attempt(
    { 'parent.sh': parent('wait; echo done') },
    async (trial) => {
      const program = await trial.start('parent');
      await program.line((line) => line === 'up', 'up');
      const stopped = await stopChildren(trial, program, (alive) => alive.slice(1));
      expect(stopped).toEqual(childrenOf(program).slice(1));
      expect(stopped).toHaveLength(1);
      program.endInput();
      expect(await watch(trial, program, () => hasReaped(program) || undefined)).toBe(true);
      expect(await watch<never>(trial, program, () => undefined)).toBe('asleep');
      expect(childrenOf(program)).toEqual(stopped);
      letGoOn(trial, stopped as number[]);
      expect(await watch<never>(trial, program, () => undefined)).toBe('ended');
    },
  );
  expect({ verdict, saw, trouble }).toEqual({ verdict: 'passed' });
});

test('a child that is stopped keeps its signals, and is doomed by a deadly one', async () => {
  const { verdict, saw, trouble } = await attempt(
    { 'parent.sh': parent('trap "kill $!" TERM; wait; wait; wait') },
    async (trial) => {
      const program = await trial.start('parent');
      await program.line((line) => line === 'up', 'up');
      const [first = 0, second = 0] = (await stopChildren(trial, program, (alive) =>
        alive.length === 2 ? alive : [],
      )) as number[];
      expect([first, second].map(isDoomed)).toEqual([false, false]);
      program.signal('SIGTERM');
      expect(await watch(trial, program, () => isDoomed(second) || undefined)).toBe(true);
      expect(isDoomed(first)).toBe(false);
      expect(childrenOf(program)).toEqual([first, second]);
      letGoOn(trial, [second]);
      killChild(trial, first);
      const gone = () => childrenOf(program).length === 0 || undefined;
      expect(await watch(trial, program, gone)).not.toBe('asleep');
    },
  );
  expect({ verdict, saw, trouble }).toEqual({ verdict: 'passed' });
});

test('a process that is none of the run, or no process at all, gets no signal', async () => {
  const { verdict, saw } = await attempt({ 'parent.sh': 'cat' }, async (trial) => {
    await trial.start('parent');
    for (const pid of [0, -1, 1, process.pid])
      expect(() => killChild(trial, pid)).toThrow('which the program did not start');
    send(process.pid, 'SIGTERM');
  });
  expect({ verdict, saw }).toEqual({
    verdict: 'failed',
    saw: `process ${process.pid} is named, which the program did not start.`,
  });
});
