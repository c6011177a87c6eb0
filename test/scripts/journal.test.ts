// The journal of progress and the directory it stands in: two writers at once, killed runs, damage, a full or closed disk.
import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { appendEvent, readProgress } from '../../scripts/journal.ts';
import type { WorkbookEvent } from '../../scripts/journal.ts';
import { openWorkbookDir } from '../../scripts/workbook-dir.ts';
import { fill, mountSmall, noRoom, unmountAll } from './small-disk.ts';

const time = '2025-03-01T08:00:00.000Z';
/** Root may write anywhere; the user `nobody` may not. */
const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let root: string;
let dir: string;
let journal: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'journal-test-'));
  dir = join(root, '.workbook');
  journal = join(dir, 'journal.jsonl');
});

afterEach(async () => {
  unmountAll();
  await rm(root, { recursive: true, force: true });
});

test('progress is the fold of the events, lesson by lesson', async () => {
  await appendEvent(dir, { time: '1', lesson: 'tcp-echo', event: 'run', program: 'server' });
  await appendEvent(dir, tested('2', 2));
  await appendEvent(dir, tested('3', 4));
  await appendEvent(dir, tested('4', 3));
  await appendEvent(dir, tested('5', 4));
  await appendEvent(dir, { time: '6', lesson: 'tcp-echo', event: 'hint', step: 2, rung: 3 });
  await appendEvent(dir, { time: '7', lesson: 'tcp-echo', event: 'hint', step: 2, rung: 1 });
  await appendEvent(dir, { time: '8', lesson: 'tcp-echo', event: 'hint', step: 4, rung: 1 });
  await appendEvent(dir, { time: '9', lesson: '聊天', event: 'diff-asked' });
  await appendEvent(dir, tested('10', 1));

  const { lessons, warnings } = await readProgress(dir);

  expect(warnings).toEqual([]);
  expect([...lessons.keys()]).toEqual(['tcp-echo', '聊天']);
  expect(lessons.get('tcp-echo')).toEqual({
    started: true,
    passedSteps: 1,
    bestSteps: 4,
    steps: 4,
    points: 10,
    doneAt: '3',
    hints: new Map([
      [2, 3],
      [4, 1],
    ]),
    diffAsked: 0,
  });
  expect(lessons.get('聊天')).toMatchObject({ started: true, passedSteps: 0, diffAsked: 1 });
});

test('an absent journal is an empty one, and reading makes nothing', async () => {
  expect(await readProgress(dir)).toEqual({ lessons: new Map(), warnings: [] });
  expect(await readdir(root)).toEqual([]);
});

test('events of a newer workbook are kept and count for nothing', async () => {
  await mkdir(dir);
  const newer = '{"event":"badge","of":["a","b"]}\n{"time":"1","lesson":"a","event":"toString"}\n';
  await writeFile(journal, newer);
  await appendEvent(dir, asked('a'));

  const { lessons, warnings } = await readProgress(dir);

  expect(warnings).toEqual([]);
  expect(lessons.get('a')?.diffAsked).toBe(1);
  expect(await readFile(journal, 'utf8')).toContain(newer);
});

test('a test of the solutions is no progress of the student', async () => {
  await mkdir(dir);
  await writeFile(journal, `${JSON.stringify({ ...tested('1', 4), tree: 'solutions' })}\n`);

  expect(await readProgress(dir)).toEqual({ lessons: new Map(), warnings: [] });
});

test('an event that readers would call damaged is refused', async () => {
  const wrong = { time, lesson: 'a', event: 'hint', step: 1, rung: Number.NaN };
  await expect(appendEvent(dir, wrong as unknown as WorkbookEvent)).rejects.toThrow(TypeError);
});

test('empty lines and CRLF, as an editor may leave them, are no damage', async () => {
  await mkdir(dir);
  await writeFile(journal, `\n${JSON.stringify(asked('a'))}\r\n\r\n${JSON.stringify(asked('a'))}`);

  const { lessons, warnings } = await readProgress(dir);

  expect(warnings).toEqual([]);
  expect(lessons.get('a')?.diffAsked).toBe(2);
});

test('a whole last line without its newline counts, and the next one is not glued to it', async () => {
  await mkdir(dir);
  await writeFile(journal, JSON.stringify(asked('a')));
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);

  await appendEvent(dir, asked('a'));

  expect(await readProgress(dir)).toMatchObject({ warnings: [] });
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(2);
});

test('an event appended after a torn line survives, and the torn line is reported once', async () => {
  await appendEvent(dir, asked('a'));
  await appendFile(journal, '{"time":"2025-03-01T08:0');
  await appendEvent(dir, asked('a'));
  expect((await readFile(journal, 'utf8')).split('\n')).toHaveLength(4);

  const { lessons, warnings } = await readProgress(dir);

  expect(lessons.get('a')?.diffAsked).toBe(2);
  expect(warnings).toEqual([expect.stringMatching(/^Line 2 of .* kept as journal\.damaged-/)]);
  expect((await readProgress(dir)).warnings).toEqual([]);
});

test('a last line that is whole a moment later was being written: no damage', async () => {
  await appendEvent(dir, asked('a'));
  const line = `${JSON.stringify(asked('a'))}\n`;
  await appendFile(journal, line.slice(0, 20));
  const reading = readProgress(dir);
  // Less than the 50 ms that the reader gives a torn line, measured by the same event loop.
  await pause(15);
  await appendFile(journal, line.slice(20));

  expect((await reading).warnings).toEqual([]);
  expect((await reading).lessons.get('a')?.diffAsked).toBe(2);
  expect(await readdir(dir)).toEqual(['journal.jsonl']);
});

test('an event that was glued to a torn one is not lost', async () => {
  await appendEvent(dir, asked('a'));
  await writeFile(journal, `{"time":"2025${await readFile(journal, 'utf8')}`);

  const { lessons, warnings } = await readProgress(dir);

  expect(lessons.get('a')?.diffAsked).toBe(1);
  expect(warnings).toHaveLength(1);
});

const damages: [string, Buffer][] = [
  ['half a line at the end', Buffer.from('{"time":"2025-0')],
  ['half a line in the middle', Buffer.from('{"time":"2025-0\n')],
  ['the zeros that a power cut leaves', Buffer.alloc(300)],
  ['binary', Buffer.from([0xff, 0xfe, 0x80, 0x0a])],
  ['a string that is no UTF-8', Buffer.from('{"event":"\xff"}\n', 'latin1')],
  ['JSON that is no object', Buffer.from('42\n')],
  ['JSON that is no event', Buffer.from('{"hello":"world"}\n')],
  ['null', Buffer.from('null\n')],
  ['an event without its fields', Buffer.from('{"time":"1","lesson":"a","event":"test"}\n')],
  ['a rung that is none', Buffer.from(JSON.stringify({ ...hinted(), rung: 9 }))],
];

test.each(damages)('%s: the damaged file is kept, good lines go on', async (_, damage) => {
  await appendEvent(dir, asked('a'));
  await appendFile(journal, damage);
  const original = await readFile(journal);

  const { lessons, warnings } = await readProgress(dir);

  expect(lessons.get('a')?.diffAsked).toBe(1);
  expect(warnings).toEqual([expect.stringMatching(/^Line 2 of the progress journal/)]);
  const names = (await readdir(dir)).sort();
  expect(names).toEqual([expect.stringMatching(/^journal\.damaged-.*\.jsonl$/), 'journal.jsonl']);
  expect(await readFile(join(dir, names[0] ?? ''))).toEqual(original);
  await appendEvent(dir, asked('a'));
  const after = await readProgress(dir);
  expect(after.warnings).toEqual([]);
  expect(after.lessons.get('a')?.diffAsked).toBe(2);
});

test('many damaged lines make one sentence', async () => {
  await mkdir(dir);
  await writeFile(journal, 'x\n'.repeat(1000));

  const { warnings } = await readProgress(dir);

  expect(warnings).toEqual([expect.stringMatching(/^Lines 1, 2, 3, 4, 5 and 995 more of /)]);
});

const foreignThings: [string, () => unknown][] = [
  ['a directory', () => mkdir(join(journal, 'mine'), { recursive: true })],
  ['a dangling link', () => symlink(join(root, 'gone', 'away'), journal)],
  ['a link to itself', () => symlink('journal.jsonl', journal)],
  ['a FIFO', () => spawnSync('mkfifo', [journal])],
];

test.each(foreignThings)('%s named journal.jsonl is set aside', async (_, make) => {
  await mkdir(dir);
  await make();

  const { warnings } = await readProgress(dir);
  await appendEvent(dir, asked('a'));

  expect(warnings).toEqual([expect.stringContaining('is no file; it is kept as journal.damaged-')]);
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);
});

test.each(foreignThings)('appending over %s keeps it, writes, and says so', async (_, make) => {
  await mkdir(dir);
  await make();

  const warnings = await appendEvent(dir, asked('a'));

  expect(warnings).toEqual([expect.stringContaining('is no file; it is kept as journal.damaged-')]);
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);
  expect(await readdir(dir)).toHaveLength(2);
});

test('a repair that was killed half way is finished by the next reader, without counting twice', async () => {
  await appendEvent(dir, asked('a'));
  await appendEvent(dir, asked('a'));
  const good = await readFile(journal, 'utf8');
  const line = good.split('\n')[0] ?? '';
  await writeFile(join(dir, 'journal.moving-2025-7-ab.jsonl'), `${good}torn`);
  // The first line had been put back already.
  await writeFile(journal, `${line}\n`);

  const { lessons, warnings } = await readProgress(dir);

  expect(lessons.get('a')?.diffAsked).toBe(2);
  expect(warnings).toHaveLength(1);
  expect((await readdir(dir)).sort()).toEqual(['journal.damaged-2025-7-ab.jsonl', 'journal.jsonl']);
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(2);
});

test('two processes append 500 events each at once, and no line is lost or mixed', async () => {
  const children = await Promise.all(['a', '乙'].map((lesson) => startWriter(lesson, 500)));
  for (const child of children) child.send('go');
  await Promise.all(children.map((child) => once(child, 'exit')));

  const { lessons, warnings } = await readProgress(dir);

  expect(warnings).toEqual([]);
  expect(lessons.get('a')?.diffAsked).toBe(500);
  expect(lessons.get('乙')?.diffAsked).toBe(500);
  expect(await readdir(dir)).toEqual(['journal.jsonl']);
  const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== '');
  expect(lines).toHaveLength(1000);
});

test('two writers lose nothing while a third leaves torn lines and readers repair', async () => {
  await mkdir(dir);
  const children = await Promise.all(['a', 'b'].map((lesson) => startWriter(lesson, 500)));
  const ended = Promise.all(children.map((child) => once(child, 'exit')));
  const writers = { running: true };
  void ended.then(() => (writers.running = false));
  for (const child of children) child.send('go');
  let repairs = 0;
  while (writers.running) {
    await appendFile(journal, repairs % 10 === 0 ? '{"torn' : 'damage\n');
    const readings = await Promise.all([readProgress(dir), readProgress(dir)]);
    repairs += readings.flatMap(({ warnings }) => warnings).length;
  }

  const { lessons } = await readProgress(dir);

  expect(repairs).toBeGreaterThan(0);
  expect(lessons.get('a')?.diffAsked).toBe(500);
  expect(lessons.get('b')?.diffAsked).toBe(500);
});

test('what appendEvent confirmed stays, though writers and repairers are killed at any point', async () => {
  await mkdir(dir);
  let confirmed = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const repairer = await startChild(`
      const { appendFileSync } = require('node:fs');
      (async () => {
        for (;;) {
          appendFileSync(${JSON.stringify(journal)}, '{"torn');
          await readProgress(dir);
        }
      })();
    `);
    const writer = await startWriter('a', 100_000);
    const enough = 40 + kill * 7;
    const killed = Promise.all([once(writer, 'exit'), once(repairer, 'exit')]);
    let count = 0;
    writer.on('message', () => {
      confirmed += 1;
      count += 1;
      if (count !== enough) return;
      repairer.kill('SIGKILL');
      writer.kill('SIGKILL');
    });
    writer.send('go');
    repairer.send('go');
    await killed;

    expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBeGreaterThanOrEqual(confirmed);
  }
  expect(confirmed).toBeGreaterThan(100);
  expect(await readdir(dir)).toContainEqual(expect.stringMatching(/^journal\.damaged-/));
});

test('runners that make the workbook directory at once all get the same one', async () => {
  for (let round = 0; round < 50; round += 1) {
    const path = join(root, `${round}`, '.workbook');
    if (round % 2 === 0) {
      await mkdir(join(root, `${round}`));
      await writeFile(path, 'in the way');
    }
    const runners = Array.from({ length: 4 }, () => appendEvent(path, asked('a')));
    await Promise.all(runners);
    expect((await readProgress(path)).lessons.get('a')?.diffAsked).toBe(4);
  }
});

test('a directory that is removed under a running runner is made again', async () => {
  await appendEvent(dir, asked('a'));
  await rm(dir, { recursive: true });
  await appendEvent(dir, asked('a'));

  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);
});

test.skipIf(noRoom)(
  `a full disk is one sentence with its cause, and what stood there stays readable ${noRoom ?? ''}`,
  async () => {
    await mountSmall(dir);
    await appendEvent(dir, asked('a'));
    await fill(dir);

    const error = await untilRefused(() => appendEvent(dir, asked('b')));

    expect(error.message).toMatch(/^Progress could not be written to .*: the disk is full\.$/);
    expect(error.cause).toMatchObject({ code: 'ENOSPC' });
    expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);
    expect(await openWorkbookDir(dir)).toMatchObject({
      writable: false,
      warnings: [expect.stringContaining('(the disk is full)')],
    });
  },
);

test.skipIf(noRoom)(
  `damage on a full disk loses nothing, and is repaired when there is room again ${noRoom ?? ''}`,
  async () => {
    await mountSmall(dir);
    await appendEvent(dir, asked('a'));
    await appendFile(journal, 'torn');
    await fill(dir);

    const full = await readProgress(dir);
    const again = await readProgress(dir);
    await unlink(join(dir, 'filler'));
    const room = await readProgress(dir);

    expect(full.warnings).toEqual([expect.stringContaining('until it can be repaired (the disk')]);
    for (const { lessons } of [full, again, room]) expect(lessons.get('a')?.diffAsked).toBe(1);
    expect(room.warnings).toEqual([expect.stringContaining('it is kept as journal.damaged-')]);
    expect((await readProgress(dir)).warnings).toEqual([]);
  },
);

test.skipIf(noRoom)(
  `a read-only file system: progress can be read, the damage stays, writing is refused ${noRoom ?? ''}`,
  async () => {
    await mountSmall(dir);
    await appendEvent(dir, asked('a'));
    await appendFile(journal, 'torn');
    spawnSync('mount', ['-o', 'remount,ro', dir]);

    const { lessons, warnings } = await readProgress(dir);

    expect(lessons.get('a')?.diffAsked).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('(the file system is read-only)')]);
    await expect(appendEvent(dir, asked('a'))).rejects.toThrow('the file system is read-only.');
    expect(await openWorkbookDir(dir)).toMatchObject({ writable: false });
    expect(await openWorkbookDir(join(dir, 'new'))).toMatchObject({ writable: false });
  },
);

test('without permission: reading goes on, writing is refused in one sentence', async () => {
  await appendEvent(dir, asked('a'));
  await appendFile(journal, 'torn');
  await chmod(root, 0o755);
  await chmod(dir, 0o555);
  await chmod(journal, 0o444);

  const child = await startChild(
    `(async () => {
      const { lessons, warnings } = await readProgress(dir);
      const opened = await openWorkbookDir(dir);
      const error = await appendEvent(dir, ${JSON.stringify(asked('a'))}).catch((error) => error);
      process.send({
        diffAsked: lessons.get('a').diffAsked, warnings, opened,
        message: error.message, code: error.cause.code,
      }, () => process.exit());
    })();`,
    asNobody,
  );
  const report = once(child, 'message');
  child.send('go');
  const [seen] = await report;
  await chmod(dir, 0o755);

  expect(seen).toEqual({
    diffAsked: 1,
    warnings: [expect.stringContaining('it stays as it is for now (permission is missing)')],
    opened: {
      path: dir,
      writable: false,
      warnings: [expect.stringContaining('cannot be written (permission is missing)')],
    },
    message: `Progress could not be written to ${journal}: permission is missing.`,
    code: 'EACCES',
  });
});

test('the workbook directory is made with its parents, and made once', async () => {
  const path = join(root, 'deep', '.workbook');

  expect(await openWorkbookDir(path)).toEqual({ path, warnings: [], writable: true });
  expect(await openWorkbookDir(path)).toEqual({ path, warnings: [], writable: true });
  expect(await readdir(path)).toEqual([]);
});

test('a link to a directory elsewhere may be the workbook directory', async () => {
  await mkdir(join(root, 'elsewhere'));
  await symlink('elsewhere', dir);

  expect(await openWorkbookDir(dir)).toEqual({ path: dir, warnings: [], writable: true });
  expect((await lstat(dir)).isSymbolicLink()).toBe(true);
});

test.each<[string, () => unknown]>([
  ['a file', () => writeFile(dir, 'mine')],
  ['a dangling link', () => symlink('nowhere', dir)],
  ['a link to itself', () => symlink('.workbook', dir)],
])('%s in the place of the workbook directory is kept beside it', async (_, make) => {
  await make();

  const { writable, warnings } = await openWorkbookDir(dir);

  expect(writable).toBe(true);
  expect(warnings).toEqual([expect.stringMatching(/^[^\n]*; it is now \.workbook\.aside-[^\n]*$/)]);
  expect((await stat(dir)).isDirectory()).toBe(true);
  const names = await readdir(root);
  expect(names).toHaveLength(2);
  expect(await openWorkbookDir(dir)).toMatchObject({ warnings: [], writable: true });
});

test('a file that takes the place of the directory later is set aside by the next event', async () => {
  await writeFile(dir, 'mine');

  const warnings = await appendEvent(dir, asked('a'));

  expect(warnings).toEqual([expect.stringContaining('is no directory')]);
  expect((await readProgress(dir)).lessons.get('a')?.diffAsked).toBe(1);
});

function asked(lesson: string): WorkbookEvent {
  return { time, lesson, event: 'diff-asked' };
}

function tested(when: string, passedSteps: number): WorkbookEvent {
  const points = passedSteps * 10;
  return {
    time: when,
    lesson: 'tcp-echo',
    event: 'test',
    tree: 'exercises',
    passedSteps,
    steps: 4,
    points,
  };
}

function hinted(): WorkbookEvent {
  return { time, lesson: 'a', event: 'hint', step: 1, rung: 1 };
}

/** A process that appends `count` events to the journal after the message `go`, and reports each with a message. */
function startWriter(lesson: string, count: number): Promise<ChildProcess> {
  return startChild(`
    (async () => {
      for (let i = 0; i < ${count}; i += 1) {
        await appendEvent(dir, ${JSON.stringify(asked(lesson))});
        process.send('appended');
      }
      process.disconnect();
    })();
  `);
}

/** A process that runs `body` when it is sent `go`. Resolves when it is ready for that. */
async function startChild(body: string, identity = {}): Promise<ChildProcess> {
  const require = createRequire(import.meta.url);
  const script = join(await mkdtemp(join(root, 'child-')), 'child.cjs');
  await writeFile(
    script,
    `require(${JSON.stringify(require.resolve('tsx/cjs'))});
    const { appendEvent, readProgress } = require(${JSON.stringify(source('journal.ts'))});
    const { openWorkbookDir } = require(${JSON.stringify(source('workbook-dir.ts'))});
    const dir = ${JSON.stringify(dir)};
    process.once('message', () => { ${body} });
    process.send('ready');`,
  );
  await chmod(join(script, '..'), 0o755);
  const child = fork(script, {
    ...identity,
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

function source(name: string): string {
  return fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));
}

async function untilRefused(append: () => Promise<unknown>): Promise<Error> {
  for (let count = 0; count < 1000; count += 1) {
    try {
      await append();
    } catch (error) {
      if (error instanceof Error) return error;
      throw error;
    }
  }
  throw new Error('never refused');
}
