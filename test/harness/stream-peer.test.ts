// Proves the check's own end of a conversation, over TCP and UDP, against plain sockets of node.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { bindPeer, showDatagram } from './datagram-peer.ts';
import { createExchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { seededRandom } from './random.ts';
import { connectPeer, listenForPeers } from './stream-peer.ts';
import { createHappenings } from './waiting.ts';

const MIB = 1024 * 1024;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function setting() {
  return { exchange: createExchange(), happenings: createHappenings(() => []) };
}

/** A server of node's own, a peer that is connected to it, and the socket on the other side. */
async function connected() {
  const shared = setting();
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const peer = await connectPeer({ host: '127.0.0.1', port }, 'client', 'server', shared);
  const [socket] = (await accepted) as [Socket];
  socket.on('error', () => {});
  cleanups.push(
    () => end(server),
    () => socket.destroy(),
    () => peer.destroy(),
  );
  return { ...shared, peer, socket, port };
}

async function end(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
}

const soon = { patience: 30 };

test('receive hands out the next bytes, wherever the reads were cut', async () => {
  const { peer, socket } = await connected();
  for (const piece of ['老', '王：', '吃', '了么\n', '吃了\n']) socket.write(piece);
  expect((await peer.receive(1, 'a byte')).toString('hex')).toBe('e8');
  expect((await peer.receive(8, 'the rest of the name')).toString('hex')).toBe('8081e78e8befbc9a');
  expect((await peer.receive(0, 'nothing')).length).toBe(0);
  expect((await peer.receive(10, 'a line')).toString()).toBe('吃了么\n');
  expect(peer.received.toString()).toMatch(/^老王：吃了么\n/);
  socket.end();
  expect((await peer.receiveToEnd('the last line')).toString()).toBe('吃了\n');
  expect(peer.received.toString()).toBe('老王：吃了么\n吃了\n');
  expect((await peer.receiveToEnd('nothing more')).length).toBe(0);
});

// Copied anew at each read, they would take a minute.
test('96 MiB can be received in pieces of 64 KiB', { timeout: 15_000 }, async () => {
  const { peer, socket } = await connected();
  const block = seededRandom('block').bytes(64 * 1024);
  const blocks = (96 * MIB) / block.length;
  for (let count = 0; count < blocks; count += 1) socket.write(block);
  for (let count = 0; count < blocks; count += 1) {
    const got = await peer.receive(block.length, 'a block', { patience: 20_000 });
    if (!got.equals(block)) expect.fail(`block ${count} differs`);
  }
  expect(peer.received.length).toBe(96 * MIB);
});

test('what does not come is told with what came instead, and how it ended', async () => {
  const { peer, socket, exchange } = await connected();
  await expect(peer.receive(1, 'a greeting', soon)).rejects.toMatchObject({
    verdict: 'timed out',
    saw: 'nothing came back.',
    expected: 'a greeting.',
    facts: { silent: true, ended: false, wasReset: false },
  });
  expect(exchange.entries.at(-1)).toMatchObject({ kind: 'waiting', note: 'a greeting' });
  socket.write('你好');
  await expect(peer.receive(7, '7 bytes', soon)).rejects.toMatchObject({
    saw: '6 bytes came back ("你好"); then nothing more came.',
  });
  socket.end();
  await expect(peer.receive(7, '7 bytes')).rejects.toMatchObject({
    verdict: 'failed',
    saw: '6 bytes came back ("你好"); the connection was ended.',
    facts: { got: Buffer.from('你好'), ended: true },
  });
});

test('a FIN ends one direction only', async () => {
  const { peer, socket } = await connected();
  const ended = once(socket.resume(), 'end');
  peer.end();
  await ended;
  socket.end('后来');
  expect((await peer.receiveToEnd('the rest')).toString()).toBe('后来');
  expect(peer.ended).toBe(true);
  expect(peer.wasReset).toBe(false);
});

test('a reset is told from an end, whichever call notices it', async () => {
  const { peer, socket } = await connected();
  await expect(peer.over('after nothing', soon)).rejects.toMatchObject({
    saw: 'the connection is still open after nothing.',
    facts: { stillOpen: true },
  });
  socket.resetAndDestroy();
  await peer.over('after a reset');
  expect(peer.wasReset).toBe(true);
  for (const wait of [peer.receive(1, 'a byte'), peer.receiveToEnd('all')])
    await expect(wait).rejects.toMatchObject({
      saw: 'nothing came back; the connection was reset.',
    });
  await peer.send('to nobody');
});

test('reset breaks the connection for the other side', async () => {
  const { peer, socket } = await connected();
  const broken = once(socket.resume(), 'error');
  peer.reset();
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
  await peer.over('after its own reset');
});

test('a paused peer takes nothing, and all of it once it goes on', async () => {
  const { peer, socket } = await connected();
  peer.pause();
  socket.end(Buffer.alloc(8 * MIB, 'x'));
  await expect(peer.receiveToEnd('8 MiB', soon)).rejects.toThrow(
    'neither bytes nor a FIN came back',
  );
  expect(peer.received.length).toBeLessThan(MIB);
  peer.resume();
  expect((await peer.receiveToEnd('8 MiB')).length).toBe(8 * MIB);
});

test('nobody at an address is a failure of the program, whatever the system calls it', async () => {
  const shared = setting();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await end(server);
  for (const [host, code] of [
    ['127.0.0.1', 'ECONNREFUSED'],
    ['::1', 'ECONNREFUSED|EADDRNOTAVAIL'],
    // A link-local address without its link: see ipv6(7), sin6_scope_id.
    ['fe80::1', 'EINVAL|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL'],
  ] as const) {
    const failure = await connectPeer({ host, port }, 'client', 'server', shared).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).saw).toMatch(
      new RegExp(`^nobody accepts connections on ${host}:${port} \\((${code})\\)\\.$`),
    );
  }
});

test('a cancelled trial does not wait for a connection', async () => {
  const shared = setting();
  const connecting = connectPeer({ host: '127.0.0.1', port: 9 }, 'client', 'server', shared);
  shared.happenings.cancel(new Error('Ctrl+C'));
  await expect(connecting).rejects.toThrow('Ctrl+C');
});

test('a host hands out connections in order, and frees its port with all of them', async () => {
  const shared = setting();
  const host = await listenForPeers('server', 'client', shared);
  await expect(host.accept('yet', soon)).rejects.toMatchObject({ facts: { noConnection: true } });
  const first = connect(host.address);
  await once(first, 'connect');
  const second = connect(host.address);
  const closed = Promise.all([once(first, 'close'), once(second, 'close')]);
  for (const [socket, name] of [
    [first, '老王'],
    [second, '小李'],
  ] as const) {
    socket.on('error', () => {});
    const peer = await host.accept('from a client');
    socket.write(name);
    expect((await peer.receive(6, 'a name')).toString()).toBe(name);
  }
  await Promise.all([host.close(), host.close()]);
  await closed;
  const again = createServer().listen(host.address.port, '127.0.0.1');
  await once(again, 'listening');
  await end(again);
});

test('datagrams keep their borders and their order, empty ones too', async () => {
  const shared = setting();
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  cleanups.push(() => server.close());
  await once(server, 'listening');
  server.on('message', (bytes, { port }) => server.send(bytes, port, '127.0.0.1'));
  const { port } = server.address();
  const peer = await bindPeer('client', 'server', { host: '127.0.0.1', port }, shared);
  cleanups.push(() => peer.close());
  for (const payload of ['你好', '', Buffer.from([0xff, 0x00])]) await peer.send(payload);
  const got = [];
  for (let count = 0; count < 3; count += 1) got.push(await peer.receive('a datagram'));
  expect(got.map(showDatagram)).toEqual(['"你好"', 'an empty datagram', 'ff 00']);
  expect(got[0]).toMatchObject({ text: '你好', from: { host: '127.0.0.1', port } });
  await expect(peer.receive('another one', soon)).rejects.toMatchObject({
    saw: 'client got no datagram.',
    facts: { silent: true, actor: 'client' },
  });
  await expect(peer.send(Buffer.alloc(65_508))).rejects.toThrow('EMSGSIZE');
  await peer.close();
});
