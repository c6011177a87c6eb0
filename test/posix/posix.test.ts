// `#posix`: what each call does, in programs of their own, for whoever forks a test runner has two of them.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { currentRun } from '../harness/run.ts';
import { makeRunnable } from '../harness/transform.ts';

const programs = fileURLToPath(new URL('./programs', import.meta.url));

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** What `ends` says if all is well. */
const NOTHING_WRONG = { wrong: [], hung: 0, lost: 0, left: 0 };

/** Runs a program to its end. `flags: false` leaves out what node needs for fork(). */
async function run(
  name: string,
  args: readonly string[],
  { input = '', flags = true } = {},
): Promise<Ended> {
  const { mark, root } = currentRun();
  const runnable = await makeRunnable(programs, name, `${root}/transformed`);
  const before = flags ? runnable.args : runnable.args.slice(-1);
  const [key = '', value = ''] = mark.split('=');
  const child = spawn(runnable.command, [...before, ...args], { env: { [key]: value } });
  child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, status };
}

describe.runIf(process.platform === 'linux')('#posix', () => {
  test.each([
    ['memory is copied', { child: 2, parent: 1 }],
    ['who is who', [true, true, true, true]],
    [
      'no child',
      { message: 'ECHILD: No child processes, wait', code: 'ECHILD', errno: -10, syscall: 'wait' },
    ],
    [
      'not my child',
      {
        message: 'ECHILD: No child processes, waitpid',
        code: 'ECHILD',
        errno: -10,
        syscall: 'waitpid',
      },
    ],
    [
      'wrong option',
      {
        message: 'EINVAL: Invalid argument, waitpid',
        code: 'EINVAL',
        errno: -22,
        syscall: 'waitpid',
      },
    ],
    [
      'no such process',
      { message: 'ESRCH: No such process, kill', code: 'ESRCH', errno: -3, syscall: 'kill' },
    ],
    ['does not wait', { early: [0, 0], found: true, signal: 15 }],
    ['a zombie', { before: 'Z' }],
    [
      'SIGCHLD ignored',
      {
        message: 'ECHILD: No child processes, waitpid',
        code: 'ECHILD',
        errno: -10,
        syscall: 'waitpid',
      },
    ],
    ['an orphan', 'adopted'],
  ])('%s', async (name, expected) => {
    const { stdout, stderr } = await run('facts', [name]);
    expect({ stderr, told: JSON.parse(stdout || 'null') }).toEqual({ stderr: '', told: expected });
  });

  test('a child reads the stdin that it shares with its parent', async () => {
    expect((await run('facts', ['reads its stdin'], { input: '吃了么\n' })).stdout).toBe('3\n');
  });

  test('listeners of the exit run in both', async () => {
    expect((await run('facts', ['exit listeners'])).stdout).toBe('listener: 3\n3\nlistener: 0\n');
  });

  test('an error that nobody catches is printed with its place, and the status is 1', async () => {
    const { stdout, stderr } = await run('facts', ['an error that nobody catches']);
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/^TypeError: 这里坏了\n {4}at .*facts\.ts:\d+:\d+\)?\n/);
  });

  test('without the flags of node it says how to run the lesson', async () => {
    const { status, stderr } = await run('facts', ['memory is copied'], { flags: false });
    expect(status).toBe(1);
    expect(stderr).toContain(
      'Error: fork() needs node to be started with --single-threaded --v8-pool-size=0; npm run ex -- <lesson> does it',
    );
  });

  test('a worker thread cannot fork', async () => {
    const { stdout } = await run('worker', []);
    expect(stdout).toBe('fork() copies one thread only: call it in the main thread\n');
  });

  test('a child may end in any way: its status is read back, and nothing is left', async () => {
    const { stdout, stderr } = await run('ends', ['4']);
    expect(JSON.parse(stdout)).toMatchObject({ forks: 4 * 19, ...NOTHING_WRONG });
    expect(stderr.match(/Error: (老王|小李)/g)).toHaveLength(8);
  });

  test('a hundred children collect garbage, and each says that it has', async () => {
    const { stdout } = await run('ends', ['100', 'collects garbage']);
    expect(JSON.parse(stdout)).toMatchObject({ forks: 100, ...NOTHING_WRONG });
  });
});
