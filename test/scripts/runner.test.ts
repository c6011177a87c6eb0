// The runner as a user types it: how a lesson is found, run and checked, and what a machine can lack.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { family, processRow } from '../harness/proc.ts';
import { lessons } from '../../scripts/lessons.ts';
import { clone, type Clone } from './clone.ts';

let book: Clone;
beforeAll(async () => {
  book = await clone();
});
afterAll(() => book.remove());

const asRoot = process.getuid?.() === 0;

/** Waits until a process group is empty: what clears it up is not our child, so no event tells. (Init reaps zombies.) */
async function gone(group: number): Promise<void> {
  while (family(group, 'none=none').some(({ state }) => state !== 'Z'))
    await new Promise((resolve) => setImmediate(resolve));
}

/** A right server for tcp-echo, short. `extra` is put in front of it. */
const server = (directory: Clone, extra = '') =>
  extra + readFileSync(directory.path('solutions/tcp-echo/server.ts'), 'utf8');

describe('finding a lesson', () => {
  test('without arguments it lists the lessons and says what to type next', async () => {
    const { status, stdout } = await book.ex([]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/1 {2}files +not started/);
    expect(stdout).toContain('Next:');
    expect(stdout).toMatch(/0 of \d+ lessons done/);
  });

  test.each([
    ['tcp-ech', 'tcp-echo ·'],
    [`${1 + lessons.findIndex(({ name }) => name === 'tcp-echo')}`, 'tcp-echo ·'],
  ])('finds a lesson by %s', async (typed, heading) => {
    expect((await book.ex([typed])).stdout).toContain(heading);
  });

  test.each([
    [['tcp-eco'], 'there is no lesson "tcp-eco". Did you mean "tcp-echo"?'],
    [['t'], '"t" could be talk-split, tcp-echo or two-ports'],
    [['99'], 'there is no lesson 99'],
    [
      ['tcp-echo', 'servr'],
      'tcp-echo has no program "servr": it has server or client. Did you mean "server"?',
    ],
    [['tcp-echo', '--tst'], 'there is no flag --tst. Did you mean "--test"?'],
    [
      ['tcp-echo', '--test', '--check', 'echo-byte'],
      'tcp-echo has no check "echo-byte". Did you mean "echo-bytes"?',
    ],
    [['--watch'], '--watch needs a lesson'],
    [['tcp-echo', '--test', '--seed'], 'seed'],
    [['hint'], 'usage: npm run ex -- hint <lesson> [step]'],
    [['undo', 'tcp-echo', 'x'], 'usage: npm run ex -- undo <lesson> [version]'],
    [['new', 'Not A Name'], '"Not A Name" cannot name a lesson'],
  ])('answers %j with one line and status 2', async (args, line) => {
    const { status, stdout, stderr } = await book.ex(args);
    expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 2, lines: 2 });
    expect(stderr).toContain(line);
    expect(stdout).toBe('');
  });
});

describe('running a program', () => {
  test('runs the starter, shows the four places, and says how to start the other program', async () => {
    const { status, stdout, stderr } = await book.ex(['tcp-echo']);
    for (const place of [
      'exercises/tcp-echo/',
      'solutions/tcp-echo/',
      'test/tcp-echo.test.ts',
      'notes/tcp-echo.md',
    ]) {
      expect(stdout).toContain(place);
    }
    expect(stdout).toContain('in a second terminal: npm run ex -- tcp-echo client');
    expect(stderr).toMatch(/^TODO: step 1: .*\(server\.ts:\d+\)\n$/);
    expect(status).toBe(1);
  });

  test('runs the solution, hands it what follows --, and ends it and its children with Ctrl+C', async () => {
    const running = book.start(['chatroom', '--solution', '--', '--port', '0']);
    await running.until(/listening on 127\.0\.0\.1:\d+/);
    expect(family(running.child.pid ?? 0, 'none=none').length).toBeGreaterThanOrEqual(2);
    process.kill(-(running.child.pid ?? 0), 'SIGINT');
    const { status, stdout } = await running.ended;
    expect({ status, blamed: stdout.includes('left a process behind') }).toEqual({
      status: 0,
      blamed: false,
    });
    await gone(running.child.pid ?? 0);
  });

  test('starts the program where the user stands, not in the root that npm changes to', async () => {
    const there = join(book.directory, 'exercises', 'talk-split');
    const running = await book.ex(['talk-split', '--solution', '--', 'talk.txt', 'out'], {
      environment: { npm_lifecycle_event: 'ex', INIT_CWD: there },
    });
    expect(running).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(join(there, 'out', '小芳.txt'))).toBe(true);
  });

  test('passes SIGTERM on', async () => {
    const running = book.start(['tcp-echo', '--solution', '--', '--port', '0']);
    await running.until('listening on');
    running.child.kill('SIGTERM');
    expect((await running.ended).status).toBe(0);
  });

  test('ends with npm, whose shell hands no signal on', async () => {
    const npm = spawn('npm', ['run', 'ex', '--', 'tcp-echo', '--solution', '--', '--port', '0'], {
      cwd: book.directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const chunk of npm.stdout) if (String(chunk).includes('listening on')) break;
    expect(npm.kill('SIGTERM')).toBe(true);
    await gone(npm.pid ?? 0);
  });

  test('leaves nothing running when it is killed itself', async () => {
    const running = book.start(['chatroom', '--solution', '--', '--port', '0']);
    await running.until('listening on');
    const group = running.child.pid ?? 0;
    process.kill(group, 'SIGKILL');
    await running.ended;
    await gone(group);
  });
});

describe('checking a lesson', () => {
  test('tells the first failing step in full, and the later ones as not tried yet', async () => {
    const { status, stdout } = await book.ex(['tcp-echo', '--test']);
    expect(status).toBe(1);
    expect(stdout).toContain('step 2  Echo bytes: not tried yet');
    for (const label of ['Saw', 'Expected', 'Usual cause', 'Look at'])
      expect(stdout).toContain(`  ${label}`);
    expect(stdout).toMatch(
      /again: npm run ex -- tcp-echo --test --check listens --seed [0-9a-f]{4}/,
    );
    expect(stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });

  test('passes the solution, and remembers nothing of it', async () => {
    const { status, stdout } = await book.ex([
      'tcp-echo',
      '--test',
      '--solution',
      '--check',
      'echo-line',
    ]);
    expect({ status, passed: stdout.includes('✓ sends a line back') }).toEqual({
      status: 0,
      passed: true,
    });
  });

  test('--json holds all that was seen, and nothing else is on stdout', async () => {
    const { stdout } = await book.ex([
      'tcp-echo',
      '--test',
      '--json',
      '--check',
      'listens',
      '--seed',
      'beef',
    ]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ lesson: 'tcp-echo', seed: 'beef', points: 0, maxPoints: 100 });
    expect(result.checks[0]).toMatchObject({
      id: 'tcp-echo/listens',
      step: 1,
      points: 5,
      earned: 0,
      verdict: 'failed',
      diagnosis: { id: 'unfinished' },
      lookAt: { step: 1 },
    });
    expect(result.checks[0].exchange[0]).toMatchObject({ kind: 'start', from: 'server' });
  });

  test('--json is whole, also for a reader that takes its time', async () => {
    const own = await clone({
      'exercises/tcp-echo/server.ts': "setInterval(() => console.log('你好'), 1);\n",
    });
    try {
      const runner = spawn(
        process.execPath,
        ['scripts/start.cjs', 'tcp-echo', '--test', '--json', '--check', 'listens'],
        { cwd: own.directory, stdio: ['ignore', 'pipe', 'ignore'] },
      );
      // Nobody reads until the runner has ended, or can do no more because the pipe is full.
      await once(runner.stdout, 'readable');
      for (let quiet = 0, cpu = -1; runner.exitCode === null && quiet < 20;) {
        const row = processRow(runner.pid ?? -1);
        quiet = row?.state === 'S' && row.cpu === cpu ? quiet + 1 : 0;
        cpu = row?.cpu ?? -1;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const stdout = await text(runner.stdout);
      expect(stdout.length).toBeGreaterThan(2 * 65_536);
      expect(JSON.parse(stdout)).toMatchObject({ lesson: 'tcp-echo', points: 0 });
    } finally {
      await own.remove();
    }
  });

  test('shows type errors after the verdict, in the student’s own lines', async () => {
    const own = await clone();
    try {
      writeFileSync(
        own.path('exercises/tcp-echo/server.ts'),
        server(own, 'const wrong: number = "text";\nvoid wrong;\n'),
      );
      const { stdout, status } = await own.ex(['tcp-echo', '--test', '--check', 'echo-line']);
      expect(status).toBe(0);
      expect(stdout.indexOf('server.ts:1:7')).toBeGreaterThan(
        stdout.indexOf('✓ sends a line back'),
      );
    } finally {
      await own.remove();
    }
  });

  test('the graded suite gives points for every lesson and the total', async () => {
    // Programs that end at once, all but one client: what is tried here is the table.
    const ends = 'process.exit(1);\n';
    const two = "].filter(({ name }) => ['talk-split', 'tcp-echo'].includes(name));";
    const list = readFileSync(book.path('scripts/lessons.ts'), 'utf8').replace(/^\];$/m, two);
    const own = await clone({
      'scripts/lessons.ts': list,
      'exercises/talk-split/talk-split.ts': ends,
      'exercises/tcp-echo/server.ts': ends,
    });
    try {
      cpSync(own.path('solutions/tcp-echo/client.ts'), own.path('exercises/tcp-echo/client.ts'));
      const { stdout, status } = await own.ex(['--test']);
      expect(status).toBe(1);
      expect(stdout).toMatch(/tcp-echo +12\/100 +0\/6/);
      expect(stdout).toMatch(/talk-split +0\/100/);
      expect(stdout).toMatch(/total +12\/200/);
      expect((await own.ex([])).stdout).toMatch(/2 {2}tcp-echo +step 1 of 6/);
    } finally {
      await own.remove();
    }
  });
});

describe('a machine that is not as it should be', () => {
  test('says in one line that Node is too old', async () => {
    const fake = join(book.directory, 'old.cjs');
    writeFileSync(fake, 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });');
    const { status, stderr } = await book.ex([], { nodeArgs: ['-r', fake] });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /^workbook: this workbook needs Node 20\.19 or newer; this is Node 18\.20\.4\..*\n$/,
      ),
    });
  });

  test('says in one line that npm ci was not run yet', async () => {
    const own = await clone({}, false);
    try {
      const { status, stderr } = await own.ex([]);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^workbook: .*npm ci\n$/),
      });
    } finally {
      await own.remove();
    }
  });

  test.skipIf(!asRoot)('says in one line that the disk is full', async (context) => {
    const small = book.path('small');
    mkdirSync(small);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]).status !== 0)
      context.skip('mount is not allowed here');
    try {
      writeFileSync(join(small, 'filler'), Buffer.alloc(60 * 1024));
      const { status, stderr, stdout } = await book.ex(['talk-split', '--test', '--solution'], {
        environment: { TMPDIR: small },
      });
      expect(status).toBe(3);
      expect(stdout + stderr).toMatch(/no space left/i);
      expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
    } finally {
      spawnSync('umount', [small]);
      rmSync(small, { recursive: true });
    }
  });

  test('doctor names what it looked at', async () => {
    const { stdout } = await book.ex(['doctor', 'tcp-echo']);
    for (const word of ['Node ', 'packages', 'port 8888', '.workbook', 'MiB free'])
      expect(stdout).toContain(word);
  });
});

test('a new lesson is in every tree, and the self-check names what is still to write', async () => {
  const own = await clone();
  try {
    const { status, stdout } = await own.ex(['new', 'my-lesson']);
    expect(status).toBe(0);
    expect(stdout).toContain('exercises/my-lesson/README.md');
    expect((await own.ex(['my-lesson'])).stderr).toContain('TODO: step 1');
    await own.ex(['starters']);
    const vitest = own.path('node_modules/vitest/vitest.mjs');
    const check = spawnSync(
      process.execPath,
      [vitest, 'run', 'test/workbook.test.ts', '-t', 'my-lesson'],
      { cwd: own.directory, encoding: 'utf8' },
    );
    expect(check.stdout).toContain('has nothing left to write');
    expect(check.status).toBe(1);
  } finally {
    await own.remove();
  }
});
