// Proves that lives are recorded as the kernel has them, with shells that fork, wait, and leave zombies and orphans.
import { expect, test } from 'vitest';
import { subjectOf } from './attempt.ts';
import { createExchange } from './exchange.ts';
import type { Life } from './lives.ts';
import type { Program } from './program.ts';
import { openTrial } from './trial.ts';

/** Starts a shell with this script, and clears up. `lives` tells what is known of the process at that place, 0 the shell. */
async function withShell(
  script: string,
  body: (program: Program, life: (at: number) => Life) => Promise<void>,
): Promise<void> {
  await withProgram({ 'shell.sh': script }, body);
}

async function withProgram(
  sources: Record<string, string>,
  body: (program: Program, life: (at: number) => Life) => Promise<void>,
): Promise<void> {
  const subject = await subjectOf(sources);
  const { trial, lives, close } = openTrial(subject, 'lives/test', '1', createExchange());
  try {
    const program = await trial.start(Object.keys(sources)[0]?.split('.')[0] ?? '');
    await body(program, (at) => lives()[at] ?? nobody);
  } finally {
    await close();
  }
}

const nobody: Life = { pid: 0, name: '', born: 0, spells: [] };
/** Looks until it is so; the time limit of the test is the only one. */
const poll = <T>(look: () => T) => expect.poll(look, { interval: 2, timeout: 30_000 });

test('a child that has ended is a zombie, with its status, until its parent has ended too', async () => {
  await withShell('(exit 3) & exec cat', async (program, life) => {
    await poll(() => life(1).how).toBe('exit 3');
    expect(life(0)).toMatchObject({ pid: program.pid, name: 'shell' });
    expect(life(1)).toMatchObject({ parent: program.pid });
    expect(life(1)).not.toHaveProperty('reaped');
    program.endInput();
    await poll(() => life(1).reaped).toBeDefined();
    expect(life(1).adopted?.by).not.toBe(program.pid);
    await program.ended('at the end of its input');
    await poll(() => life(0)).toMatchObject({ how: 'exit 0' });
  });
});

test('a parent that is blocked in wait is seen so, and a child that is stopped and killed', async () => {
  await withShell('cat; exit 1', async (program, life) => {
    await poll(() => life(0).spells.map(({ what }) => what)).toEqual(['waits']);
    await poll(() => life(1).name).toBe('cat');
    const { pid } = life(1);
    process.kill(pid, 'SIGSTOP');
    await poll(() => life(1).spells.map(({ what }) => what)).toEqual(['stopped']);
    process.kill(pid, 'SIGKILL');
    await poll(() => life(1).reaped).toBeDefined();
    await program.ended('when its child is dead');
    const [spell] = life(1).spells;
    expect(spell?.to).toBeGreaterThanOrEqual(spell?.from ?? Infinity);
  });
});

test('an orphan is followed to its new parent, and its own child with it', async () => {
  // Nobody ever writes into the FIFO: cat waits until it is ended.
  await withShell('mkfifo fifo; (cat fifo; exit 1) & read line', async (program, life) => {
    const find = (wanted: (life: Life) => boolean) => [1, 2, 3].map(life).find(wanted) ?? nobody;
    const cat = () => find(({ name }) => name === 'cat');
    const middle = () => find(({ pid }) => pid === cat().parent);
    await poll(() => middle().parent).toBe(program.pid);
    program.endInput();
    await poll(() => middle().adopted?.by).toBeGreaterThan(0);
    expect(middle().adopted?.by).not.toBe(program.pid);
    expect(cat()).not.toHaveProperty('adopted');
    expect(cat()).not.toHaveProperty('ended');
  });
});

test('a program that forks nobody is one life, and its end is told', async () => {
  await withShell('exec cat', async (program, life) => {
    program.endInput();
    await program.ended('at the end of its input');
    await poll(() => life(0)).toMatchObject({ how: 'exit 0', name: 'shell' });
    await poll(() => life(0).reaped).toBeDefined();
    expect(life(1)).toBe(nobody);
  });
});

const FORKS = `
import { _exit, fork, getpid, kill, wait } from '#posix';
for (let status = 0; status < 20; status += 1) {
  if (fork() === 0) status === 7 ? kill(getpid(), 'SIGKILL') : _exit(status);
  wait();
}
`;

test('of a program on #posix no child is missed, however short its life', async () => {
  await withProgram({ 'forks.ts': FORKS }, async (program, life) => {
    await program.ended('when all are reaped');
    await poll(() => life(0).reaped).toBeDefined();
    const children = Array.from({ length: 20 }, (_, at) => life(at + 1));
    expect(children.map(({ how }) => how)).toEqual(
      children.map((_, status) => (status === 7 ? 'SIGKILL' : `exit ${status}`)),
    );
    for (const { parent, born, ended = 0, reaped = 0 } of children) {
      expect(parent).toBe(program.pid);
      expect([born, ended, reaped]).toEqual([born, ended, reaped].toSorted((a, b) => a - b));
    }
    expect(life(21)).toBe(nobody);
  });
});
