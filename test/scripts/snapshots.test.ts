// Snapshots of a lesson's files: exact bytes, undo and branches, reset, links, damage, a full or closed disk.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listSnapshots, reset, restore, takeSnapshot, undo } from '../../scripts/snapshots.ts';
import type { Snapshot } from '../../scripts/snapshots.ts';
import { seededRandom } from '../harness/random.ts';
import { fill, mountSmall, noRoom, unmountAll } from './small-disk.ts';

const lesson = 'tcp-echo';
/** Root may write anywhere; the user `nobody` may not. */
const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let root: string;
let dir: string;
let lessonDir: string;
let shelf: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'snapshots-test-'));
  dir = join(root, '.workbook');
  lessonDir = join(root, 'exercises', lesson);
  shelf = join(dir, 'snapshots', lesson);
  await mkdir(lessonDir, { recursive: true });
});

afterEach(async () => {
  unmountAll();
  await rm(root, { recursive: true, force: true });
});

test('a snapshot holds text, other bytes, any depth, and what is executable', async () => {
  await edit('server.ts', '\uFEFFconst 名 = "回声";\r\n');
  await edit('data/深/bytes.bin', Buffer.from([0xff, 0x00, 0x80]));
  await edit('data/nul.txt', 'a\0b');
  await edit('__proto__', 'a name like any other');
  await edit('run.sh', '#!/bin/sh\n');
  await chmod(join(lessonDir, 'run.sh'), 0o755);
  await edit('node_modules/x/index.js', 'not kept');
  await edit('.server.ts.swp', 'not kept');

  const snapshot = taken(await take());

  expect(Object.entries(snapshot.files).sort()).toEqual([
    ['__proto__', { text: 'a name like any other' }],
    ['data/nul.txt', { base64: 'YQBi' }],
    ['data/深/bytes.bin', { base64: '/wCA' }],
    ['run.sh', { text: '#!/bin/sh\n', executable: true }],
    ['server.ts', { text: '\uFEFFconst 名 = "回声";\r\n' }],
  ]);
  expect(snapshot).toMatchObject({ parent: null, why: 'run' });
  expect(Math.abs(Date.parse(snapshot.time) - Date.now())).toBeLessThan(60_000);
  expect(JSON.parse(await readFile(join(shelf, `${snapshot.id}.json`), 'utf8'))).toEqual(snapshot);
  expect((await readFile(join(shelf, 'at'), 'utf8')).trim()).toBe(snapshot.id);
});

test('a snapshot is taken only when the content differs from the current one', async () => {
  expect(await take()).toBeUndefined();
  await edit('server.ts', '1');
  const first = taken(await take());
  expect(await take()).toBeUndefined();
  await chmod(join(lessonDir, 'server.ts'), 0o755);
  const second = taken(await take('test'));
  await rm(lessonDir, { recursive: true });
  const third = taken(await take());

  expect(second).toMatchObject({ parent: first.id, why: 'test' });
  expect(third).toMatchObject({ parent: second.id, files: {} });
  expect([first.id, second.id, third.id].sort()).toEqual([first.id, second.id, third.id]);
  expect(await list()).toEqual({ ids: [first.id, second.id, third.id], at: third.id });
});

test('ids follow the order of the snapshots even when the clock was set back', async () => {
  const future = '20990101T000000000Z-1-00';
  await putSnapshot({ id: future, parent: null, time: '', why: 'run', files: {} });
  await edit('server.ts', '1');

  const snapshot = taken(await take());

  expect(snapshot.parent).toBe(future);
  expect(snapshot.id > future).toBe(true);
  expect((await list()).at).toBe(snapshot.id);
});

test('undo goes back step by step, and keeps what it leaves', async () => {
  await edit('server.ts', '1');
  await take();
  await edit('server.ts', '2');
  await edit('added/new.ts', 'new');
  await take();
  await edit('server.ts', '3, never run');

  const first = await undo(dir, lesson, lessonDir);
  expect(await files()).toEqual({ 'server.ts': '2', 'added/new.ts': 'new' });
  expect(first?.kept).toMatchObject({ why: 'before undo', parent: first?.restored.id });
  const second = await undo(dir, lesson, lessonDir);
  expect(await files()).toEqual({ 'server.ts': '1' });
  expect(await readdir(lessonDir)).toEqual(['server.ts']);
  expect(second).toMatchObject({ kept: { id: first?.restored.id }, warnings: [] });
  expect(await undo(dir, lesson, lessonDir)).toBeUndefined();
  expect(await files()).toEqual({ 'server.ts': '1' });
});

test('undo has nothing to do where there is nothing before', async () => {
  expect(await undo(dir, lesson, lessonDir)).toBeUndefined();
  await edit('server.ts', '1');
  expect(await undo(dir, lesson, lessonDir)).toBeUndefined();
  expect(await files()).toEqual({ 'server.ts': '1' });
});

test('an edit after an undo starts a branch, and both branches can be gone to', async () => {
  await edit('server.ts', '1');
  const one = taken(await take());
  await edit('server.ts', '2');
  const two = taken(await take());
  await undo(dir, lesson, lessonDir);
  await edit('server.ts', '2 in another way');
  const other = taken(await take());

  expect(other.parent).toBe(one.id);
  await undo(dir, lesson, lessonDir);
  expect(await files()).toEqual({ 'server.ts': '1' });
  const forward = await restore(dir, lesson, lessonDir, two.id);
  expect(await files()).toEqual({ 'server.ts': '2' });
  expect(forward).toMatchObject({ restored: { id: two.id }, kept: { id: one.id } });
  await edit('server.ts', 'unsaved');
  const back = await restore(dir, lesson, lessonDir, other.id);
  expect(back?.kept).toMatchObject({ why: 'before restore', parent: two.id });
  expect(await files()).toEqual({ 'server.ts': '2 in another way' });
  expect((await list()).at).toBe(other.id);
  expect(await restore(dir, lesson, lessonDir, 'no such')).toBeUndefined();
});

test('restoring gives back exact bytes and permissions, and leaves equal files alone', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  await edit('data.bin', bytes);
  await edit('same.ts', 'same');
  await edit('run.sh', '1');
  await chmod(join(lessonDir, 'run.sh'), 0o750);
  await take();
  await edit('data.bin', 'text');
  await edit('run.sh', '2');
  await chmod(join(lessonDir, 'run.sh'), 0o640);
  const past = new Date('2020-01-01');
  await utimes(join(lessonDir, 'same.ts'), past, past);

  await undo(dir, lesson, lessonDir);

  expect(await readFile(join(lessonDir, 'data.bin'))).toEqual(bytes);
  expect((await stat(join(lessonDir, 'run.sh'))).mode & 0o777).toBe(0o750);
  expect((await stat(join(lessonDir, 'same.ts'))).mtime).toEqual(past);
  expect((await readdir(lessonDir)).sort()).toEqual(['data.bin', 'run.sh', 'same.ts']);
});

test('a file may become a directory and the other way round', async () => {
  await edit('a', 'file');
  await edit('b/c', 'below');
  await take();
  await rm(join(lessonDir, 'a'));
  await rm(join(lessonDir, 'b'), { recursive: true });
  await edit('a/x', 'below');
  await edit('b', 'file');

  const undone = await undo(dir, lesson, lessonDir);

  expect(await files()).toEqual({ a: 'file', 'b/c': 'below' });
  await restore(dir, lesson, lessonDir, undone?.kept.id ?? '');
  expect(await files()).toEqual({ 'a/x': 'below', b: 'file' });
});

test('reset writes the starters, keeps added files, and can be undone', async () => {
  const pristine = new Map([
    ['server.ts', 'starter\n'],
    ['data/names.txt', '名\n'],
  ]);
  await edit('server.ts', 'mine');
  await chmod(join(lessonDir, 'server.ts'), 0o755);
  await edit('notes.txt', 'added');

  const done = await reset(dir, lesson, lessonDir, pristine);

  const starters = { 'server.ts': 'starter\n*', 'data/names.txt': '名\n', 'notes.txt': 'added' };
  expect(await files()).toEqual(starters);
  expect((await stat(join(lessonDir, 'server.ts'))).mode & 0o777).toBe(0o755);
  expect(done).toMatchObject({ kept: { why: 'before reset' }, warnings: [] });
  expect(done.reset).toMatchObject({ why: 'reset', parent: done.kept?.id });
  expect((await reset(dir, lesson, lessonDir, pristine)).reset).toBeUndefined();
  expect(await files()).toEqual(starters);
  await undo(dir, lesson, lessonDir);
  expect(await files()).toEqual({ 'server.ts': 'mine*', 'notes.txt': 'added' });
});

test('reset brings back a lesson directory that is gone', async () => {
  await rm(lessonDir, { recursive: true });

  const done = await reset(dir, lesson, lessonDir, new Map([['server.ts', 'starter']]));

  expect(done.kept).toBeUndefined();
  expect(await files()).toEqual({ 'server.ts': 'starter' });
});

test('paths that lead out of a lesson are refused', async () => {
  await expect(reset(dir, lesson, lessonDir, new Map([['../x', '']]))).rejects.toThrow(TypeError);
  await expect(takeSnapshot(dir, '../x', lessonDir, 'run')).rejects.toThrow(TypeError);
  expect((await readdir(root)).sort()).toEqual(['exercises']);
});

test('links are neither followed nor written through', async () => {
  await edit('server.ts', 'old');
  await edit('sub/a.ts', 'old');
  await take();
  await writeFile(join(root, 'outside.ts'), 'outside');
  await mkdir(join(root, 'elsewhere'));
  await writeFile(join(root, 'elsewhere', 'a.ts'), 'old');
  await rm(join(lessonDir, 'server.ts'));
  await rm(join(lessonDir, 'sub'), { recursive: true });
  await symlink(join(root, 'outside.ts'), join(lessonDir, 'server.ts'));
  await symlink(join(root, 'elsewhere'), join(lessonDir, 'sub'));

  const undone = await undo(dir, lesson, lessonDir);

  expect(undone?.kept).toMatchObject({ files: {}, left: ['server.ts', 'sub'] });
  expect(await readFile(join(root, 'outside.ts'), 'utf8')).toBe('outside');
  expect((await lstat(join(lessonDir, 'server.ts'))).isFile()).toBe(true);
  expect((await lstat(join(lessonDir, 'sub'))).isDirectory()).toBe(true);
  expect(await readFile(join(lessonDir, 'sub', 'a.ts'), 'utf8')).toBe('old');
  expect(undone?.warnings).toHaveLength(2);
  const names = await readdir(lessonDir);
  const links = names.filter((name) => name.includes('.aside-'));
  expect(links).toHaveLength(2);
  for (const name of links) {
    expect(await readlink(join(lessonDir, name))).toMatch(/outside\.ts$|elsewhere$/);
  }
});

test('a file too large to keep is never overwritten or removed', async () => {
  await edit('log.txt', 'small');
  await edit('server.ts', '1');
  await take();
  await edit('log.txt', Buffer.alloc(1024 * 1024 + 1, 'x'));
  await edit('server.ts', '2');
  const large = taken(await take());
  await edit('log.txt', Buffer.alloc(1024 * 1024, 'y'));
  const small = taken(await take());

  expect(large).toMatchObject({ files: { 'server.ts': { text: '2' } }, left: ['log.txt'] });
  expect(Object.keys(small.files)).toEqual(['server.ts', 'log.txt']);
  await undo(dir, lesson, lessonDir);
  expect((await stat(join(lessonDir, 'log.txt'))).size).toBe(1024 * 1024);
  await edit('log.txt', Buffer.alloc(1024 * 1024 + 1, 'z'));
  const undone = await undo(dir, lesson, lessonDir);
  expect(await readFile(join(lessonDir, 'log.txt'), 'utf8')).toBe('small');
  expect(undone?.warnings).toEqual([expect.stringContaining('log.txt was in the way')]);
  const aside = (await readdir(lessonDir)).find((name) => name.startsWith('log.txt.aside-'));
  expect((await readFile(join(lessonDir, aside ?? ''), 'utf8')).endsWith('z')).toBe(true);
});

test('of too many files the sources are kept first, and the others stay through an undo', async () => {
  await edit('server.ts', '1');
  await take();
  for (let number = 0; number < 450; number += 1) await edit(`000/${number}.out`, `${number}`);
  await edit('server.ts', '2');
  const full = taken(await take());
  await undo(dir, lesson, lessonDir);

  expect(Object.keys(full.files)).toHaveLength(200);
  expect(full).toMatchObject({ partial: true, files: { 'server.ts': { text: '2' } } });
  expect(await readdir(join(lessonDir, '000'))).toHaveLength(450 - 199);
  await restore(dir, lesson, lessonDir, full.id);
  expect(Object.keys(await files())).toHaveLength(451);
});

test('a FIFO and a file without permission do not stop a snapshot', async () => {
  await edit('server.ts', '1');
  spawnSync('mkfifo', [join(lessonDir, 'pipe')]);

  expect(await take()).toMatchObject({ files: { 'server.ts': { text: '1' } }, left: ['pipe'] });
});

test('an absent, damaged or lost `at` means the newest snapshot', async () => {
  await edit('server.ts', '1');
  const one = taken(await take());
  await edit('server.ts', '2');
  const two = taken(await take());
  await undo(dir, lesson, lessonDir);
  const at = join(shelf, 'at');

  expect((await list()).at).toBe(one.id);
  await unlink(at);
  expect(await list()).toEqual({ ids: [one.id, two.id], at: two.id });
  for (const damage of ['', '\0\0', 'no such id', '20200101T000000000Z-1-ab']) {
    await writeFile(at, damage);
    const { at: current, warnings } = await listSnapshots(dir, lesson);
    expect(current).toBe(two.id);
    expect(warnings).toEqual([expect.stringMatching(/names no snapshot.*at\.damaged-/)]);
    expect((await listSnapshots(dir, lesson)).warnings).toEqual([]);
  }
  await mkdir(at);
  await edit('server.ts', '3');
  const three = taken(await take());
  expect(three.parent).toBe(two.id);
  expect((await list()).at).toBe(three.id);
});

test('damaged and foreign files among the snapshots are set aside, and undo goes on', async () => {
  const ids: string[] = [];
  for (const text of ['1', '2', '3', '4']) {
    await edit('server.ts', text);
    ids.push(taken(await take()).id);
  }
  const [, second, third] = ids;
  const good: Snapshot = JSON.parse(await readFile(join(shelf, `${second}.json`), 'utf8'));
  const escaping = { ...good, id: '20200101T000000000Z-1-aa', files: { '../../x': { text: '' } } };
  const strange = { ...good, id: '20200101T000000000Z-1-bb', files: { x: { base64: '%' } } };
  await writeFile(join(shelf, `${third}.json`), '{"id": "half a snap');
  await writeFile(join(shelf, 'mine.txt'), 'foreign');
  await writeFile(join(shelf, '20200101T000000000Z-1-cc.json'), JSON.stringify(good));
  await putSnapshot(escaping);
  await putSnapshot(strange);
  await mkdir(join(shelf, 'directory.json'));
  await symlink('nowhere', join(shelf, '20200101T000000000Z-1-dd.json'));

  const undone = await undo(dir, lesson, lessonDir);

  expect(undone?.warnings).toHaveLength(7);
  for (const warning of undone?.warnings ?? []) {
    expect(warning).toMatch(
      /is no snapshot that can be understood; it was renamed to .*\.damaged-/,
    );
  }
  expect(undone?.restored.id).toBe(second);
  expect(await files()).toEqual({ 'server.ts': '2' });
  expect((await listSnapshots(dir, lesson)).warnings).toEqual([]);
  const names = await readdir(shelf);
  expect(names.filter((name) => name.includes('.damaged-'))).toHaveLength(7);
  expect(names.find((name) => name.startsWith('mine.txt.damaged-'))).toBeDefined();
});

test('a damaged current snapshot does not stop the next one', async () => {
  await edit('server.ts', '1');
  const one = taken(await take());
  await edit('server.ts', '2');
  const two = taken(await take());
  await writeFile(join(shelf, `${two.id}.json`), Buffer.from([0xff]));

  expect(taken(await take()).parent).toBe(one.id);
  await undo(dir, lesson, lessonDir);
  expect(await files()).toEqual({ 'server.ts': '1' });
});

test.each(['snapshots', 'snapshots/tcp-echo'])('a file named %s gives way', async (name) => {
  await mkdir(join(dir, dirname(name)), { recursive: true });
  await writeFile(join(dir, name), 'foreign');

  const { snapshots, warnings } = await listSnapshots(dir, lesson);

  expect(snapshots).toEqual([]);
  expect(warnings).toEqual([expect.stringMatching(/is no directory of snapshots.*\.damaged-/)]);
  await writeFile(join(dir, 'later'), '');
  await edit('server.ts', '1');
  taken(await take());
});

test('a half-written snapshot of a killed run is never seen', async () => {
  await edit('server.ts', '1');
  const one = taken(await take());
  await writeFile(join(shelf, '.20990101T000000000Z-1-ab.tmp'), '{"id');

  expect(await listSnapshots(dir, lesson)).toEqual({ snapshots: [one], at: one.id, warnings: [] });
});

test('what a killed restore left in the lesson is no file of it, and goes with the next one', async () => {
  await edit('server.ts', '1');
  await edit('.restoring-1-ab/0', 'a copy');
  expect(Object.keys(taken(await take()).files)).toEqual(['server.ts']);
  const past = new Date('2020-01-01');
  await utimes(join(lessonDir, '.restoring-1-ab'), past, past);
  await edit('server.ts', '2');

  await undo(dir, lesson, lessonDir);

  expect(await readdir(lessonDir)).toEqual(['server.ts']);
});

test('two processes that snapshot at once keep every content', async () => {
  const script = await childScript(`
    const { writeFileSync, mkdirSync } = require('node:fs');
    const own = lessonDir + process.argv[2];
    mkdirSync(own);
    process.once('message', async () => {
      for (let i = 0; i < 100; i += 1) {
        writeFileSync(own + '/server.ts', process.argv[2] + i);
        await takeSnapshot(dir, lesson, own, 'run');
      }
      process.disconnect();
    });
    process.send('ready');
  `);
  const children = ['a', 'b'].map((name) => fork(script, [name], childOptions()));
  await Promise.all(children.map((child) => once(child, 'message')));
  for (const child of children) child.send('go');
  await Promise.all(children.map((child) => once(child, 'exit')));

  const { snapshots, at, warnings } = await listSnapshots(dir, lesson);

  expect(warnings).toEqual([]);
  expect(snapshots).toHaveLength(200);
  expect(new Set(snapshots.map(({ files }) => JSON.stringify(files))).size).toBe(200);
  expect(snapshots.map(({ id }) => id)).toContain(at);
  expect((await readdir(shelf)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test.each(Array.from({ length: 4 }, (_, seed) => `seed ${seed}`))(
  'no sequence of edits, snapshots, undo, restore and reset loses a content (%s)',
  async (seed) => {
    const random = seededRandom(seed);
    const paths = ['server.ts', 'client.ts', 'data/名.txt', 'data', 'run.sh', 'sub/sub/x.bin'];
    const pristine = new Map([
      ['server.ts', 'starter'],
      ['data/名.txt', 'starter'],
    ]);
    const seen = new Map<string, Record<string, string>>();
    const note = async (): Promise<void> => {
      const content = await files();
      if (Object.keys(content).length > 0) seen.set(inOneText(content), content);
    };
    for (let step = 0; step < 40; step += 1) {
      const action = random.pick(['edit', 'edit', 'edit', 'remove', 'run', 'undo', 'go', 'reset']);
      if (action === 'edit') {
        const path = join(lessonDir, random.pick(paths));
        await clearParents(path);
        await rm(path, { recursive: true, force: true });
        await writeFile(path, random.bytes(random.int(0, 6)));
        await chmod(path, random.pick([0o644, 0o755]));
      } else if (action === 'remove') {
        const [name] = random.pick(paths).split('/');
        await rm(join(lessonDir, name ?? ''), { recursive: true, force: true });
      } else {
        await note();
        if (action === 'run') await take();
        if (action === 'undo') await undo(dir, lesson, lessonDir);
        if (action === 'reset') await reset(dir, lesson, lessonDir, pristine);
        if (action === 'go') {
          const { snapshots } = await listSnapshots(dir, lesson);
          if (snapshots.length === 0) await take();
          else await restore(dir, lesson, lessonDir, random.pick(snapshots).id);
        }
        const { snapshots, at } = await listSnapshots(dir, lesson);
        if (at && action !== 'run') {
          expect(contentOf(snapshots.find(({ id }) => id === at))).toEqual(await files());
        }
      }
    }
    const { snapshots, warnings } = await listSnapshots(dir, lesson);
    expect(warnings).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
    for (const content of seen.values()) {
      const holding = snapshots.find((one) => inOneText(contentOf(one)) === inOneText(content));
      expect(holding, JSON.stringify(content)).toBeDefined();
      await restore(dir, lesson, lessonDir, holding?.id ?? '');
      expect(await files()).toEqual(content);
    }
  },
);

test.skipIf(noRoom)(
  `a full workbook disk: undo and reset touch nothing, in one sentence ${noRoom ?? ''}`,
  async () => {
    await mountSmall(dir);
    await edit('server.ts', '1');
    await take();
    await fill(dir);
    await edit('server.ts', 'mine, '.repeat(1000));
    const before = await files();

    const tries = [
      () => undo(dir, lesson, lessonDir),
      () => reset(dir, lesson, lessonDir, new Map([['server.ts', 'starter']])),
      async () => {
        const { snapshots } = await listSnapshots(dir, lesson);
        return restore(dir, lesson, lessonDir, snapshots[0]?.id ?? '');
      },
    ];
    for (const attempt of tries) {
      const error = await refusedBy(attempt);
      expect(error.message).toBe(
        'The files of tcp-echo were left as they are, because they could not be kept first: the disk is full.',
      );
      expect(error.cause).toMatchObject({ code: 'ENOSPC' });
    }
    expect((await refusedBy(() => take())).message).toBe(
      'No snapshot of tcp-echo could be taken: the disk is full.',
    );
    expect(await files()).toEqual(before);
    expect(await readdir(lessonDir)).toEqual(['server.ts']);
    expect(await readdir(shelf)).toHaveLength(2);
    await unlink(join(dir, 'filler'));
    await undo(dir, lesson, lessonDir);
    expect(await files()).toEqual({ 'server.ts': '1' });
  },
);

test.skipIf(noRoom)(
  `a full disk under the lesson: nothing is half restored ${noRoom ?? ''}`,
  async () => {
    await rm(lessonDir, { recursive: true });
    await mountSmall(lessonDir);
    await edit('client.ts', 'c');
    await edit('server.ts', 'long, '.repeat(2000));
    await take();
    await edit('client.ts', 'short');
    await edit('server.ts', 'short');
    await fill(lessonDir);
    await take();

    const error = await refusedBy(() => undo(dir, lesson, lessonDir));

    expect(error.message).toMatch(/left as they are.*: the disk is full\.$/);
    const { filler, ...rest } = await files();
    expect(filler).toBeDefined();
    expect(rest).toEqual({ 'client.ts': 'short', 'server.ts': 'short' });
    expect((await readdir(lessonDir)).sort()).toEqual(['client.ts', 'filler', 'server.ts']);
  },
);

test('without permission for the workbook nothing of the lesson is touched', async () => {
  await edit('server.ts', '1');
  await take();
  await edit('server.ts', '2');
  await chmod(root, 0o755);
  await chmod(lessonDir, 0o777);
  await chmod(shelf, 0o555);
  const script = await childScript(`
    (async () => {
      const errors = [];
      for (const attempt of [
        () => takeSnapshot(dir, lesson, lessonDir, 'run'),
        () => undo(dir, lesson, lessonDir),
        () => reset(dir, lesson, lessonDir, new Map([['server.ts', 'starter']])),
      ]) await attempt().catch((error) => errors.push([error.message, error.cause.code]));
      process.send(errors, () => process.exit());
    })();
  `);
  const child = fork(script, childOptions(asNobody));
  const [errors] = await once(child, 'message');
  await chmod(shelf, 0o755);

  const kept =
    'The files of tcp-echo were left as they are, because they could not be kept first: permission is missing.';
  expect(errors).toEqual([
    ['No snapshot of tcp-echo could be taken: permission is missing.', 'EACCES'],
    [kept, 'EACCES'],
    [kept, 'EACCES'],
  ]);
  expect(await files()).toEqual({ 'server.ts': '2' });
});

test('files and directories of the lesson that may not be read are left alone', async () => {
  await edit('server.ts', '1');
  await edit('secret.ts', 'secret');
  await edit('closed/a.ts', 'closed');
  await take();
  await edit('server.ts', '2');
  await edit('closed/a.ts', 'closed, edited');
  await chmod(root, 0o755);
  await chmod(lessonDir, 0o777);
  for (const path of [dir, join(dir, 'snapshots'), shelf]) await chmod(path, 0o777);
  await chmod(join(lessonDir, 'secret.ts'), 0);
  await chmod(join(lessonDir, 'closed'), 0);
  const script = await childScript(`
    takeSnapshot(dir, lesson, lessonDir, 'run').then((snapshot) => process.send(snapshot));
  `);
  const child = fork(script, childOptions(asNobody));
  const [snapshot] = await once(child, 'message');
  child.disconnect();
  await chmod(join(lessonDir, 'secret.ts'), 0o644);
  await chmod(join(lessonDir, 'closed'), 0o755);

  expect(snapshot).toMatchObject({ left: ['secret.ts'], partial: true });
  expect(Object.keys(snapshot.files)).toEqual(['server.ts']);
  await restore(dir, lesson, lessonDir, snapshot.id);
  expect(await files()).toEqual({
    'server.ts': '2',
    'secret.ts': 'secret',
    'closed/a.ts': 'closed, edited',
  });
});

function take(why = 'run'): Promise<Snapshot | undefined> {
  return takeSnapshot(dir, lesson, lessonDir, why);
}

function taken(snapshot: Snapshot | undefined): Snapshot {
  expect(snapshot).toBeDefined();
  return snapshot as Snapshot;
}

async function list(): Promise<{ ids: string[]; at: string | undefined }> {
  const { snapshots, at, warnings } = await listSnapshots(dir, lesson);
  expect(warnings).toEqual([]);
  return { ids: snapshots.map(({ id }) => id), at };
}

async function putSnapshot(snapshot: Snapshot): Promise<void> {
  await mkdir(shelf, { recursive: true });
  await writeFile(join(shelf, `${snapshot.id}.json`), JSON.stringify(snapshot));
}

async function edit(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(join(lessonDir, path)), { recursive: true });
  await writeFile(join(lessonDir, path), content);
}

/** What stands in the lesson: the text of each file, with `*` behind it when it is executable. */
async function files(): Promise<Record<string, string>> {
  const entries = await readdir(lessonDir, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const mark = (await stat(path)).mode & 0o100 ? '*' : '';
    found[path.slice(lessonDir.length + 1)] = `${await readFile(path)}${mark}`;
  }
  return found;
}

function contentOf(snapshot: Snapshot | undefined): Record<string, string> {
  const entries = Object.entries(snapshot?.files ?? {}).map(([path, file]) => {
    const bytes = 'text' in file ? Buffer.from(file.text) : Buffer.from(file.base64, 'base64');
    return [path, `${bytes}${file.executable ? '*' : ''}`];
  });
  return Object.fromEntries(entries);
}

function inOneText(content: Record<string, string>): string {
  return JSON.stringify(Object.entries(content).sort());
}

/** Makes the parents of a path, and removes any file that stands in the place of one. */
async function clearParents(path: string): Promise<void> {
  const parent = dirname(path);
  if (parent === lessonDir) return;
  await clearParents(parent);
  if (!(await stat(parent).catch(() => undefined))?.isDirectory()) {
    await rm(parent, { force: true });
    await mkdir(parent);
  }
}

async function childScript(body: string): Promise<string> {
  const require = createRequire(import.meta.url);
  const script = join(root, 'child.cjs');
  const snapshots = fileURLToPath(new URL('../../scripts/snapshots.ts', import.meta.url));
  await writeFile(
    script,
    `require(${JSON.stringify(require.resolve('tsx/cjs'))});
    const { takeSnapshot, undo, reset } = require(${JSON.stringify(snapshots)});
    const [dir, lesson, lessonDir] = ${JSON.stringify([dir, lesson, lessonDir])};
    ${body}`,
  );
  return script;
}

function childOptions(identity = {}): object {
  return { ...identity, env: { ...process.env, TSX_DISABLE_CACHE: '1' } };
}

async function refusedBy(attempt: () => Promise<unknown>): Promise<Error> {
  const outcome = await attempt().catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as Error;
}
