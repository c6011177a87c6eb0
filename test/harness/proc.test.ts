// Proves what is read from /proc against processes and sockets that really are so.
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  asleep,
  carries,
  crowded,
  family,
  listeners,
  memory,
  processes,
  processRow,
} from './proc.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
    process.kill(-child.pid, 'SIGKILL');
    await once(child, 'exit');
  }
});

/** Starts a shell as the leader of its own session and waits for its first line. */
async function shell(script: string, environment: Record<string, string> = {}) {
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...environment },
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = child.pid as number;
  return { child, pid, line: line.toString().trim(), row: processRow(pid) };
}

/** Resolves when `condition` holds; /proc announces nothing. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('a row says who the process is, whose child, and what it does', async () => {
  const { pid, row } = await shell('echo up; read -r _');
  expect(row).toMatchObject({ pid, command: 'sh', parent: process.pid, group: pid, session: pid });
  expect(row?.started).toBeGreaterThanOrEqual(processRow(process.pid)?.started ?? Infinity);
  await until(() => processRow(pid)?.state === 'S');
  expect(processes().map((each) => each.pid)).toEqual(expect.arrayContaining([process.pid, pid]));
});

test('a command with spaces and parentheses in its name does not shift the other fields', async () => {
  const { pid } = await shell(`exec python3 -c '
open("/proc/self/comm", "w").write("a ) R (b")
print("up", flush=True)
input()'`);
  expect(processRow(pid)).toMatchObject({ command: 'a ) R (b', parent: process.pid, group: pid });
});

test('a process that has been reaped has no row, no memory, no listeners', async () => {
  const { child, pid } = await shell('echo up');
  if (child.exitCode === null) await once(child, 'exit');
  expect(processRow(pid)).toBeUndefined();
  expect(memory(pid)).toBeUndefined();
  expect(listeners([pid])).toEqual([]);
});

test('the family holds children, those that left the session, and nobody else', async () => {
  const mark = `PROC_TEST=${process.pid}`;
  const environment = { PROC_TEST: String(process.pid) };
  // The second has lost its parent too and is known by its mark only, the third by its parent only.
  const script = `sleep 61 & (setsid sh -c 'sleep 62; :' &); env -i setsid sh -c 'sleep 63; :' & echo up; read -r _`;
  const { pid, row } = await shell(script, environment);
  const other = await shell('sleep 64 & echo up; read -r _');
  const since = row?.started ?? 0;
  const commands = () =>
    family(pid, mark, { since })
      .map(({ command }) => command)
      .sort();
  await until(() => commands().filter((command) => command === 'sleep').length === 3);
  expect(commands()).toEqual(['sh', 'sh', 'sh', 'sleep', 'sleep', 'sleep']);
  const pids = family(pid, mark, { since }).map((each) => each.pid);
  expect(pids).not.toContain(other.pid);
  expect(pids).not.toContain(process.pid);
  for (const each of pids) process.kill(each, 'SIGKILL');
});

test('a family is not that of an earlier program whose number was given away', async () => {
  const { pid, row } = await shell('echo up; read -r _');
  expect(family(pid, 'NO=mark', { since: row?.started })).toHaveLength(1);
  expect(family(pid, 'NO=mark', { since: (row?.started ?? 0) - 1 })).toEqual([]);
});

test('a mark is matched whole', async () => {
  const { pid } = await shell('echo up; read -r _', { MARK: '12', LAST: 'x' });
  expect(carries(pid, 'MARK=12')).toBe(true);
  expect(carries(pid, 'LAST=x')).toBe(true);
  expect(carries(pid, 'MARK=1')).toBe(false);
  expect(carries(pid, 'ARK=12')).toBe(false);
  expect(carries(2 ** 22 + 1, 'MARK=12')).toBe(false);
});

test('a crowd is counted in a group, and up to the limit only', async () => {
  const { pid } = await shell('sleep 61 & sleep 62 & echo up; read -r _');
  expect(crowded(pid, 2)).toBe(true);
  expect(crowded(pid, 3)).toBe(false);
});

test('waiting and stopped processes are asleep, a loop is not', async () => {
  const waiting = await shell('echo up; read -r _');
  const looping = await shell('echo up; while :; do :; done');
  await until(() => asleep([waiting.pid]));
  expect(asleep([looping.pid])).toBe(false);
  expect(asleep([waiting.pid, looping.pid])).toBe(false);
  process.kill(looping.pid, 'SIGSTOP');
  await until(() => processRow(looping.pid)?.state === 'T');
  expect(asleep([waiting.pid, looping.pid])).toBe(true);
});

test('memory tells what is there, what was, and what is not shared', () => {
  const block = Buffer.alloc(96 * 1024 * 1024, 1);
  const { now, peak, own } = memory(process.pid) ?? { now: 0, peak: 0, own: 0 };
  expect(own).toBeGreaterThan(block.length);
  expect(now).toBeGreaterThan(own);
  expect(peak).toBeGreaterThanOrEqual(now);
});

test('listening sockets are found with protocol, address and port, connections are not', async () => {
  const servers = [];
  for (const host of ['127.0.0.1', '0.0.0.0', '::1', '::']) {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    servers.push(server);
  }
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const found = listeners([process.pid]).map(
    (each) => `${each.protocol} ${each.address} ${each.port}`,
  );
  for (const server of servers) {
    const { address, port } = server.address() as AddressInfo;
    expect(found).toContain(`tcp ${address} ${port}`);
    server.close();
  }
  expect(found).toContain(`udp 127.0.0.1 ${socket.address().port}`);
  socket.close();
});
