// Proves what a trial promises: its own place, its own choices, nobody else's processes, and nothing left when it is over.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt, processesOf, subjectOf } from './attempt.ts';
import { createExchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { newSeed, openTrial } from './trial.ts';

const SERVER = `
import { createServer } from 'node:net';
const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () =>
  console.log('listening on 127.0.0.1:' + (server.address() as any).port));
`;

const WITH_CHILD = `
import { spawn } from 'node:child_process';
spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
console.log('up');
setInterval(() => {}, 1e9);
`;

async function open(sources: Record<string, string> = {}, id = 'trial/test', seed = '1') {
  return openTrial(await subjectOf(sources), id, seed, createExchange());
}

const isUp = (line: string) => line === 'up';

test('the same seed gives the same choices, another seed or another check gives others', async () => {
  const choices = async (seed: string, id: string) => {
    const { trial, close } = await open({}, id, seed);
    await close();
    return [
      trial.random.int(0, 1e9),
      trial.random.bytes(9).toString('hex'),
      trial.random.pick('abcdefgh'.split('')),
    ];
  };
  expect(await choices('4711', 'a/b')).toEqual(await choices('4711', 'a/b'));
  expect(await choices('4711', 'a/b')).not.toEqual(await choices('4712', 'a/b'));
  expect(await choices('4711', 'a/b')).not.toEqual(await choices('4711', 'a/c'));
  expect(newSeed()).toMatch(/^[0-9a-f]{4}$/);
});

test('random bytes are the same for the same seed in whatever size, and come fast', async () => {
  const { trial, close } = await open();
  const again = await open();
  for (const size of [0, 1, 3, 4, 5, 1024]) {
    expect(trial.random.bytes(size)).toHaveLength(size);
    again.trial.random.bytes(size);
  }
  const megabytes = trial.random.bytes(4 * 1024 * 1024);
  expect(megabytes.equals(again.trial.random.bytes(4 * 1024 * 1024))).toBe(true);
  // Every byte value about equally often: 16384 times each.
  const counts = new Uint32Array(256);
  for (const byte of megabytes) counts[byte] = (counts[byte] ?? 0) + 1;
  expect(Math.min(...counts)).toBeGreaterThan(15_500);
  expect(Math.max(...counts)).toBeLessThan(17_300);
  await close();
  await again.close();
});

test('a program sees a small environment, a home and a directory of its own', async () => {
  process.env.WORKBOOK_TEST_SECRET = 'x';
  const { trial, close } = await open({
    'server.ts': `console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), argv: process.argv.slice(2) }));`,
  });
  const server = await trial.start('server', ['--name', '老王']);
  const seen = JSON.parse(await server.line(() => true, 'a line')) as {
    env: Record<string, string>;
    cwd: string;
    argv: string[];
  };
  delete process.env.WORKBOOK_TEST_SECRET;
  expect(Object.keys(seen.env).sort()).toEqual([
    'HOME',
    'LANG',
    'PATH',
    'PYTHONUNBUFFERED',
    'TERM',
    'TMPDIR',
    'TZ',
    'WORKBOOK_PROGRAM',
    'WORKBOOK_RUN',
    'WORKBOOK_WITNESS',
  ]);
  expect(seen).toMatchObject({
    cwd: trial.directory,
    argv: ['--name', '老王'],
    env: { HOME: trial.home, LANG: 'C.UTF-8', TZ: 'UTC' },
  });
  await close();
});

test.concurrent(
  'two trials at the same time do not see, or end, each other’s processes',
  async ({ expect }) => {
    const [first, second] = [
      await open({ 'server.ts': WITH_CHILD }),
      await open({ 'server.ts': WITH_CHILD }),
    ];
    const servers = await Promise.all([first.trial.start('server'), second.trial.start('server')]);
    for (const server of servers) await server.line(isUp, 'the line: up');
    const [one, two] = servers.map((server) => server.family().map(({ pid }) => pid));
    expect(one).toHaveLength(2);
    expect(two).toHaveLength(2);
    expect(one?.filter((pid) => two?.includes(pid))).toEqual([]);
    await first.close();
    expect(servers[1].family().map(({ pid }) => pid)).toEqual(two);
    expect(servers[1].exit).toBeUndefined();
    await second.close();
    for (const { trial } of [first, second])
      expect(processesOf(dirname(trial.directory))).toEqual([]);
  },
);

test.concurrent(
  'two programs of one trial do not see each other’s children',
  async ({ expect }) => {
    const { trial, close } = await open({ 'server.ts': WITH_CHILD });
    const [one, two] = [
      await trial.start('server'),
      await trial.start('server', [], { actor: 'second' }),
    ];
    for (const server of [one, two]) await server.line(isUp, 'the line: up');
    await one.kill();
    expect(two.family()).toHaveLength(2);
    await close();
  },
);

test.concurrent(
  'many trials that start the same program at the same time all get it whole',
  async ({ expect }) => {
    const subject = await subjectOf({ 'server.ts': `${SERVER}\n// ${'x'.repeat(200_000)}\n` });
    const trials = Array.from({ length: 6 }, (_, count) =>
      openTrial(subject, `trial/${count}`, '1', createExchange()),
    );
    const addresses = await Promise.all(
      trials.map(async ({ trial }) => (await trial.start('server')).ready()),
    );
    expect(new Set(addresses.map(({ port }) => port)).size).toBe(6);
    await Promise.all(trials.map(({ close }) => close()));
  },
);

test.concurrent(
  'when a trial is over, nothing more can be opened through it',
  async ({ expect }) => {
    const { trial, close } = await open({ 'server.ts': SERVER });
    const server = await trial.start('server');
    const address = await server.ready();
    const root = dirname(trial.directory);
    // Under way when the trial ends: a check that was cancelled does not know it yet.
    const late = [
      trial.start('server'),
      trial.connect(address),
      trial.listen(),
      trial.datagrams('client', address),
      trial.relay(address, {}),
    ];
    const outcomes = Promise.allSettled(late);
    await Promise.all([close(), close()]);
    for (const outcome of await outcomes) expect(outcome.status).toBe('rejected');
    for (const open of [
      () => trial.start('server'),
      () => trial.listen(),
      () => trial.relay(address, {}),
    ])
      await expect(open()).rejects.toThrow('the trial is over');
    expect(processesOf(root)).toEqual([]);
  },
);

test.concurrent(
  'a child that takes a moment to notice the end of its parent is not left behind',
  async ({ expect }) => {
    const result = await attempt(
      {
        // The child ends 100 ms after its stdin, which only its parent holds.
        'server.ts': `import { spawn } from 'node:child_process';\nspawn('sh', ['-c', 'read -r _; sleep 0.1'], { stdio: ['pipe', 'ignore', 'ignore'] }).unref();\nprocess.exit();`,
      },
      async (trial) => {
        const server = await trial.start('server');
        await server.ended('at once');
      },
    );
    expect(result.saw).toBeUndefined();
    expect(result.verdict).toBe('passed');
  },
);

test('files, names and bytes', async () => {
  const { trial, close } = await open();
  const path = await trial.write('数据/老王.txt', '你好');
  expect(path).toBe(join(trial.directory, '数据/老王.txt'));
  expect(await trial.names(trial.directory)).toEqual(['数据']);
  expect(await trial.names(join(trial.directory, 'none'))).toEqual([]);
  await expect(trial.names(path)).rejects.toThrow('ENOTDIR');
  const [sent, got] = [Buffer.from('你好'), Buffer.from('你们好')];
  trial.sameBytes(sent, Buffer.from(sent), 'the echo');
  expect(() => trial.sameBytes(got, sent, 'the echo', { halfClosed: true })).toThrow(Failure);
  try {
    trial.sameBytes(got, sent, 'the echo', { halfClosed: true });
  } catch (error) {
    expect(error).toMatchObject({
      saw: 'the echo: 9 bytes instead of 6 bytes.',
      facts: { sent, got, halfClosed: true },
    });
  }
  await close();
  expect(existsSync(dirname(trial.directory))).toBe(false);
});

test.concurrent(
  'a reference program is not judged, and a program in Python is',
  async ({ expect }) => {
    const { trial, programs, close } = await open({
      'server.ts': SERVER,
      'client.py': `
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as connection:
    connection.sendall("你好".encode())
    print(connection.recv(6).decode())
    sys.stdin.read()
`,
    });
    const { port } = await (await trial.reference('server')).ready();
    const client = await trial.start('client', ['--port', String(port)]);
    expect(await client.line((line) => line === '你好', 'the echo', { mayRest: true })).toBe(
      '你好',
    );
    client.endInput();
    expect(await client.ended('when its input had ended')).toEqual({ code: 0, signal: null });
    expect(programs.map(({ program, judged }) => [program, judged])).toEqual([
      ['server', false],
      ['client', true],
    ]);
    expect(await close()).toEqual([]);
  },
);
