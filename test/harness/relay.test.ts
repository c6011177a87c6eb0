// Proves the hostile wire of streams with real sockets: each mode does what it says, and nothing is left open.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, ServerOpts, Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createExchange } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { MOST_HELD, MOST_PIECES, startRelay } from './relay.ts';
import type { Relay, RelayOptions, Wire } from './relay.ts';

const NAME = Buffer.from('老王\n');

/** A program that prints its port, then the sizes of what it read from the first connection. */
const PRINT_SIZES = `
  const sizes = [];
  const server = require('node:net').createServer((socket) => {
    socket.on('data', (piece) => sizes.push(piece.length));
    socket.on('end', () => console.log(JSON.stringify(sizes)));
  });
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
`;

/** What a socket has told so far. `pieces` are its data events. */
interface Log {
  readonly pieces: Buffer[];
  readonly events: string[];
  readonly text: () => string;
  readonly size: () => number;
  /** Resolves when the condition holds; asked at each event of the socket. */
  until(condition: () => boolean): Promise<void>;
}

interface Setting {
  readonly relay: Relay;
  readonly exchange: Exchange;
  /** The next connection that the server accepts. */
  accepted(): Promise<Socket>;
  /** Opens a connection through the relay and waits for its other end. */
  open(): Promise<Pair>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly atClient: Log;
  readonly atServer: Log;
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

for (const [cut, message, sizes] of [
  [1, NAME, [1, 1, 1, 1, 1, 1, 1]],
  [4, NAME, [4, 3]],
  [5, Buffer.from('老王\n小李\n'), [5, 5, 4]],
  [4096, Buffer.alloc(10_000, 'x'), [4096, 4096, 1808]],
] as const) {
  test(`cut ${cut} delivers each piece as a read of its own, both ways`, async () => {
    const { open, exchange } = await set({ cut });
    const { client, server, atClient, atServer } = await open();
    client.write(message);
    await atServer.until(() => atServer.size() === message.length);
    server.write(message);
    await atClient.until(() => atClient.size() === message.length);
    for (const { pieces } of [atServer, atClient]) {
      expect(pieces.map((piece) => piece.length)).toEqual(sizes);
      expect(Buffer.concat(pieces).equals(message)).toBe(true);
    }
    expect(sizesOf(exchange, 'client 1')).toEqual(sizes);
    expect(sizesOf(exchange, 'server')).toEqual(sizes);
  });
}

test('cut in one direction leaves the other as it is', async () => {
  const { open } = await set({ cut: 1, direction: 'to-client' });
  const { client, server, atClient, atServer } = await open();
  client.write(NAME);
  await atServer.until(() => atServer.size() === 7);
  server.write(NAME);
  await atClient.until(() => atClient.size() === 7);
  expect(atServer.pieces).toEqual([NAME]);
  expect(atClient.pieces).toHaveLength(7);
});

test('cut 1 of 64 KiB ends within seconds, because pieces grow after the first 512', async () => {
  const { open } = await set({ cut: 1, direction: 'to-server' });
  const { client, atServer } = await open();
  const sent = randomBytes(65_536);
  client.end(sent);
  await atServer.until(() => atServer.events.includes('end'));
  expect(Buffer.concat(atServer.pieces).equals(sent)).toBe(true);
  expect(atServer.pieces.slice(0, MOST_PIECES).every((piece) => piece.length === 1)).toBe(true);
  expect(atServer.pieces.length).toBeLessThan(MOST_PIECES * 4);
}, 30_000);

test('cut reaches a program in another process piece by piece', async () => {
  const program = spawn(process.execPath, ['-e', PRINT_SIZES], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(async () => program.kill('SIGKILL'));
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const { port } = JSON.parse((await lines.next()).value as string) as { port: number };
  const relay = await relayTo(port, { cut: 1 }, {});
  connect(relay.port, relay.host).end(NAME);
  expect((await lines.next()).value).toBe('[1,1,1,1,1,1,1]');
});

test('cut does not wait for ever for a receiver that does not read', async () => {
  const { open, exchange } = await set({ cut: 1 }, {}, { pauseOnConnect: true });
  const { client, server, atServer } = await open();
  client.write(Buffer.alloc(500, 'x'));
  // At 100 ms for each piece this would take 50 seconds.
  await expectEntries(exchange, () => sizesOf(exchange, 'client 1').length === 500);
  expect(atServer.pieces).toEqual([]);
  server.resume();
  await atServer.until(() => atServer.size() === 500);
}, 20_000);

test('an RST does not wait for a receiver that does not read', async () => {
  const { open, exchange } = await set({}, {}, { pauseOnConnect: true });
  const { client } = await open();
  const chunk = Buffer.alloc(16_384);
  const delivered = (): number =>
    sizesOf(exchange, 'client 1').reduce((sum, size) => sum + size, 0);
  // Fills the way to the server, until a chunk stays in the relay. That it stays has no event.
  for (let sent = 0; sent === delivered();) {
    client.write(chunk);
    sent += chunk.length;
    await Promise.race([expectEntries(exchange, () => delivered() === sent), sleep(200)]);
  }
  client.resetAndDestroy();
  await expectEntries(exchange, () => exchange.entries.some(({ kind }) => kind === 'reset'));
  expect(exchange.entries.at(-1)).toMatchObject({ kind: 'reset', from: 'client 1', to: 'server' });
});

test('merge turns three writes, 5 ms apart, into one read', async () => {
  const { open, exchange } = await set({ merge: true });
  const { client, atServer } = await open();
  for (const word of ['L 老王\n', 'C 老王 你好\n', 'Q 老王\n']) {
    await new Promise((written) => client.write(word, written));
    await sleep(5);
  }
  await atServer.until(() => atServer.pieces.length > 0);
  expect(atServer.pieces.map(String)).toEqual(['L 老王\nC 老王 你好\nQ 老王\n']);
  expect(sizesOf(exchange, 'client 1')).toHaveLength(1);
});

test('merge delivers what it holds when the sender ends, and the end after it', async () => {
  const { open } = await set({ merge: true });
  const { client, atServer } = await open();
  client.write('老');
  client.end('王');
  await atServer.until(() => atServer.events.includes('end'));
  expect(atServer.events).toEqual(['data', 'end']);
  expect(atServer.text()).toBe('老王');
});

test('merge does not hold more than it may', async () => {
  const { open, exchange } = await set({ merge: true, direction: 'to-server' });
  const { client, atServer } = await open();
  const sent = randomBytes(1_000_000);
  client.end(sent);
  await atServer.until(() => atServer.events.includes('end'));
  expect(Buffer.concat(atServer.pieces).equals(sent)).toBe(true);
  expect(Math.max(...sizesOf(exchange, 'client 1'))).toBeLessThan(MOST_HELD * 3);
});

test('a FIN arrives as a FIN, and the other direction lives on', async () => {
  const { open, exchange } = await set({});
  const { client, server, atClient, atServer } = await open();
  client.end(NAME);
  await atServer.until(() => atServer.events.includes('end'));
  expect(atServer.text()).toBe('老王\n');
  expect(atClient.events).toEqual([]);
  server.write('你好');
  await atClient.until(() => atClient.size() === 6);
  server.end();
  await atClient.until(() => atClient.events.includes('close'));
  await atServer.until(() => atServer.events.includes('close'));
  expect(atClient.events).toEqual(['data', 'end', 'close']);
  expect(exchange.entries.map(({ kind, from, to }) => `${kind} ${from} > ${to}`)).toEqual([
    'connect client 1 > server',
    'data client 1 > server',
    'end client 1 > server',
    'data server > client 1',
    'end server > client 1',
  ]);
});

for (const wire of [{}, { cut: 2 }, { merge: true }] satisfies Wire[]) {
  test(`an RST of the client arrives as an RST, after its bytes: ${JSON.stringify(wire)}`, async () => {
    const { open, exchange } = await set(wire);
    const { client, atServer } = await open();
    await new Promise((written) => client.write(NAME, written));
    client.resetAndDestroy();
    await atServer.until(() => atServer.events.includes('close'));
    expect(atServer.events).toEqual(['data', 'ECONNRESET', 'close']);
    expect(atServer.text()).toBe('老王\n');
    expect(exchange.entries.at(-1)).toMatchObject({
      kind: 'reset',
      from: 'client 1',
      to: 'server',
    });
  });
}

test('an RST of the server arrives as an RST', async () => {
  const { open, exchange } = await set({});
  const { server, atClient } = await open();
  server.resetAndDestroy();
  await atClient.until(() => atClient.events.includes('close'));
  expect(atClient.events).toEqual(['ECONNRESET', 'close']);
  expect(exchange.entries.at(-1)).toMatchObject({ kind: 'reset', from: 'server', to: 'client 1' });
});

test('bytes to a server that has closed are answered with an RST, as without a relay', async () => {
  const { open, exchange } = await set({});
  const { client, server, atClient } = await open();
  server.destroy();
  await atClient.until(() => atClient.events.includes('end'));
  // The first bytes meet the closed socket, the RST that they bring reaches the relay, then the client.
  client.write(NAME);
  while (!atClient.events.includes('close')) {
    if (!client.destroyed) client.write('.');
    await sleep(1);
  }
  expect(atClient.events).toContain('end');
  expect(exchange.entries.at(-1)).toMatchObject({ kind: 'reset', from: 'server', to: 'client 1' });
});

test('reset breaks both sides after so many bytes', async () => {
  const { open, exchange } = await set({ reset: { after: 3 } });
  const { client, atClient, atServer } = await open();
  client.write(NAME);
  await atServer.until(() => atServer.events.includes('close'));
  await atClient.until(() => atClient.events.includes('close'));
  expect(atServer.text()).toBe('老');
  expect(atServer.events).toEqual(['data', 'ECONNRESET', 'close']);
  expect(atClient.events).toEqual(['ECONNRESET', 'close']);
  const resets = exchange.entries.filter(({ kind }) => kind === 'reset');
  expect(resets.map(({ to }) => to)).toEqual(['server', 'client 1']);
  expect(resets[0]?.note).toContain('3 bytes');
});

test('reset after 0 bytes breaks a connection as soon as it is there', async () => {
  const { relay } = await set({ reset: { after: 0 } });
  const client = connect(relay.port, relay.host);
  const atClient = watch(client);
  await atClient.until(() => atClient.events.includes('close'));
  expect(atClient.events).toEqual(['ECONNRESET', 'close']);
});

test('reset counts the bytes of the server when it is told so', async () => {
  const { open } = await set({ reset: { after: 6 }, direction: 'to-client' });
  const { client, server, atClient, atServer } = await open();
  client.write('a longer question');
  await atServer.until(() => atServer.size() === 17);
  server.write(NAME);
  await atClient.until(() => atClient.events.includes('close'));
  expect(atClient.text()).toBe('老王');
  expect(atClient.events).toEqual(['data', 'ECONNRESET', 'close']);
});

test('stall delivers nothing more, not even a FIN, and the other direction lives on', async () => {
  const { open, exchange } = await set({ stall: { after: 4 } });
  const { client, server, atClient, atServer } = await open();
  client.end('abcdef');
  await expectEntries(exchange, () => exchange.entries.some(({ kind }) => kind === 'note'));
  // Whatever was to come would come before the answer: several round trips the other way prove the silence.
  for (let round = 1; round <= 5; round += 1) {
    server.write('.');
    await atClient.until(() => atClient.size() === round);
  }
  expect(atServer.text()).toBe('abcd');
  expect(atServer.events).toEqual(['data']);
  expect(server.destroyed).toBe(false);
});

test('halfClose ends one direction, and the other lives on', async () => {
  const { open, exchange } = await set({ halfClose: { after: 3 } });
  const { client, server, atClient, atServer } = await open();
  client.write(NAME);
  await atServer.until(() => atServer.events.includes('end'));
  expect(atServer.text()).toBe('老');
  client.write('and more that nobody hears');
  server.end('你好');
  await atClient.until(() => atClient.events.includes('end'));
  expect(atClient.text()).toBe('你好');
  client.end();
  await atServer.until(() => atServer.events.includes('close'));
  expect(atServer.events).toEqual(['data', 'end', 'close']);
  expect(exchange.entries.find(({ kind }) => kind === 'end')?.note).toContain('3 bytes');
});

test('a cut may be joined with a fault', async () => {
  const { open } = await set({ cut: 1, halfClose: { after: 3 }, direction: 'to-server' });
  const { client, atServer } = await open();
  client.write(NAME);
  await atServer.until(() => atServer.events.includes('end'));
  expect(atServer.pieces.map((piece) => piece.length)).toEqual([1, 1, 1]);
});

for (const wire of [{}, { cut: 32_768 }, { merge: true }] satisfies Wire[]) {
  test(`a slow reader slows down the sender: ${JSON.stringify(wire)}`, async () => {
    const { open } = await set(wire, {}, { pauseOnConnect: true });
    const { client, server, atServer } = await open();
    const chunk = Buffer.alloc(65_536, '王');
    const tooMuch = 256 * 1024 * 1024;
    let written = 0;
    const stop = new AbortController();
    const sending = (async () => {
      while (!stop.signal.aborted && written < tooMuch) {
        written += chunk.length;
        if (!client.write(chunk)) await once(client, 'drain');
      }
      client.end();
    })();
    // That nothing happens any more has no event.
    for (let before = -1; written !== before;) {
      before = written;
      await sleep(150);
    }
    stop.abort();
    expect(written).toBeLessThan(tooMuch);
    expect(client.writableNeedDrain).toBe(true);
    server.resume();
    await sending;
    await atServer.until(() => atServer.events.includes('end'));
    expect(atServer.size()).toBe(written);
  });
}

test('a server that breaks off at once resets the client', async () => {
  const { relay, exchange, accepted } = await set({});
  const atClient = watch(connect(relay.port, relay.host));
  (await accepted()).resetAndDestroy();
  await atClient.until(() => atClient.events.includes('close'));
  expect(atClient.events).toEqual(['ECONNRESET', 'close']);
  expect(exchange.entries.map(({ kind, from }) => [kind, from])).toEqual([
    ['connect', 'client 1'],
    ['reset', 'server'],
  ]);
});

test('a refused connection is recorded, and the client is reset', async () => {
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  await new Promise((closed) => nobody.close(closed));
  const exchange = createExchange();
  const relay = await relayTo(port, {}, { exchange });
  const atClient = watch(connect(relay.port, relay.host));
  await atClient.until(() => atClient.events.includes('close'));
  expect(atClient.events).toEqual(['ECONNRESET', 'close']);
  expect(exchange.entries.map(({ kind, from, to }) => [kind, from, to])).toEqual([
    ['refused', 'client 1', 'server'],
  ]);
});

test('clients are numbered under the name that was given', async () => {
  const { open, exchange } = await set({}, { client: '老王', server: 'echo' });
  await open();
  await open();
  await expectEntries(exchange, () => exchange.entries.length === 2);
  expect(exchange.entries.map(({ from, to }) => [from, to])).toEqual([
    ['老王 1', 'echo'],
    ['老王 2', 'echo'],
  ]);
});

test('after close nothing is left: sockets are closed and the port can be bound again', async () => {
  const { relay, open } = await set({ stall: { after: 0 } });
  const pairs = [await open(), await open()];
  for (const { client } of pairs) client.write(NAME);
  await Promise.all([relay.close(), relay.close()]);
  for (const { atClient, atServer } of pairs) {
    await atClient.until(() => atClient.events.some((event) => event !== 'data'));
    await atServer.until(() => atServer.events.some((event) => event !== 'data'));
  }
  const again = createServer();
  cleanups.push(() => new Promise((closed) => again.close(closed)));
  again.listen(relay.port, relay.host);
  await once(again, 'listening');
  expect((again.address() as AddressInfo).port).toBe(relay.port);
});

test('a wire that makes no sense is refused', async () => {
  for (const wire of [
    { cut: 0 },
    { cut: 1.5 },
    { cut: 1, merge: true },
    { stall: { after: -1 } },
    { stall: { after: 1 }, reset: { after: 1 } },
  ] satisfies Wire[]) {
    await expect(startRelay({ host: '127.0.0.1', port: 1 }, wire)).rejects.toThrow(RangeError);
  }
});

/** A server, a relay in front of it, and the record. */
async function set(
  wire: Wire,
  options: RelayOptions = {},
  serverOptions: ServerOpts = {},
): Promise<Setting> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, ...serverOptions });
  server.on('connection', (socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => new Promise((closed) => server.close(closed)));
  const exchange = createExchange((entry) => listeners.get(exchange)?.(entry));
  const relay = await relayTo((server.address() as AddressInfo).port, wire, {
    exchange,
    ...options,
  });
  const accepted = async (): Promise<Socket> => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    return socket;
  };
  const open = async (): Promise<Pair> => {
    const peer = accepted();
    const client = connect({
      port: relay.port,
      host: relay.host,
      allowHalfOpen: true,
      noDelay: true,
    });
    const atClient = watch(client);
    const server = await peer;
    return { client, server, atClient, atServer: watch(server) };
  };
  return { relay, exchange, accepted, open };
}

async function relayTo(port: number, wire: Wire, options: RelayOptions): Promise<Relay> {
  const relay = await startRelay({ host: '127.0.0.1', port }, wire, options);
  cleanups.push(() => relay.close());
  return relay;
}

function watch(socket: Socket): Log {
  const pieces: Buffer[] = [];
  const events: string[] = [];
  let size = 0;
  let wake: (() => void) | undefined;
  const note = (event: string): void => {
    events.push(event);
    wake?.();
  };
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    size += piece.length;
    if (events.at(-1) === 'data') wake?.();
    else note('data');
  });
  socket.on('end', () => note('end'));
  socket.on('error', (error: NodeJS.ErrnoException) => note(error.code ?? String(error)));
  socket.on('close', () => note('close'));
  cleanups.push(async () => socket.destroy());
  return {
    pieces,
    events,
    text: () => Buffer.concat(pieces).toString(),
    size: () => size,
    async until(condition) {
      while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

const listeners = new WeakMap<Exchange, (entry: unknown) => void>();

/** Resolves when the record holds what is asked for. */
function expectEntries(exchange: Exchange, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (condition()) resolve();
    };
    listeners.set(exchange, look);
    look();
  });
}

/** The sizes of the pieces that an actor had delivered. */
function sizesOf(exchange: Exchange, actor: string): number[] {
  return exchange.entries
    .filter(({ kind, from }) => kind === 'data' && from === actor)
    .map(({ size }) => size ?? 0);
}
