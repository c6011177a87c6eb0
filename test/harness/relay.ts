// The hostile wire of a stream: a TCP relay in front of a program that cuts, merges, stalls and breaks what passes.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Actor, Exchange, NewEntry } from './exchange.ts';

/**
 * What the wire does to the bytes. `{}` passes everything as it comes.
 * One of `cut` and `merge` may be joined with one of `reset`, `stall` and `halfClose`.
 */
export interface Wire {
  /** Pieces of this many bytes, each of which the receiver reads by itself. See {@link MOST_PIECES} for long chunks. */
  readonly cut?: number;
  /** Holds bytes until the sender has been silent for 20 ms, has ended, or {@link MOST_HELD} bytes are held. */
  readonly merge?: boolean;
  /** RST to both sides once this many bytes were delivered. 0: as soon as the connection is there. */
  readonly reset?: After;
  /** Nothing is delivered after this many bytes, neither FIN nor RST. The connection stays open. */
  readonly stall?: After;
  /** FIN to the receiver after this many bytes, what comes later is thrown away. The other direction lives on. */
  readonly halfClose?: After;
  /** Which bytes are meant. Default: `both` for cut and merge, `to-server` for the others. */
  readonly direction?: Direction | 'both';
}

export interface After {
  /** Bytes delivered in this direction, at least 0. */
  readonly after: number;
}

export type Direction = 'to-server' | 'to-client';

export interface RelayOptions {
  /** Where everything is recorded as it was delivered. */
  readonly exchange?: Pick<Exchange, 'record'>;
  /** The name of the connecting side, before its number. Default `client`: `client 1`, `client 2` … */
  readonly client?: string;
  /** The name of the target. Default `server`. */
  readonly server?: Actor;
}

export interface Relay {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Stops listening and drops every connection. Resolves when all are closed. Never throws, may be called again. */
  close(): Promise<void>;
}

/** A relay never holds more than about this many bytes in each direction: a slow reader slows down the sender. */
export const MOST_HELD = 65_536;

/** So many pieces of one chunk are cut as asked; the rest goes in 64 larger ones, or 64 KiB by bytes would take minutes. */
export const MOST_PIECES = 512;

/**
 * Starts a relay on a free port of 127.0.0.1. It opens one connection to `target` for each one that it accepts.
 *
 * FIN, RST and bytes are carried over one by one, each direction by itself: a FIN becomes `end()`, an RST (ECONNRESET
 * or EPIPE) becomes `resetAndDestroy()` after the bytes that came before it. When the target refuses, the client is
 * reset. Throws RangeError for a wire that makes no sense.
 */
export async function startRelay(
  target: { readonly host: string; readonly port: number },
  wire: Wire,
  options: RelayOptions = {},
): Promise<Relay> {
  const toServer = treatmentOf(wire, 'to-server');
  const toClient = treatmentOf(wire, 'to-client');
  const record = (entry: NewEntry): void => options.exchange?.record(entry);
  const serverName = options.server ?? 'server';
  const sockets = new Set<Socket>();
  let clients = 0;

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
  server.on('connection', (client) => {
    const name = `${options.client ?? 'client'} ${(clients += 1)}`;
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    let connected = false;
    const here = { socket: client, name };
    const beyond = { socket: upstream, name: serverName };
    const there = openLane(here, beyond, toServer, record);
    const back = openLane(beyond, here, toClient, record);
    upstream.on('error', (error: NodeJS.ErrnoException) => {
      if (connected) return;
      if (error.code === 'ECONNREFUSED') {
        record({ kind: 'refused', from: name, to: serverName });
        reset(client);
      } else {
        // The target accepted and broke off at once: the connection was gone before it was noticed.
        record({ kind: 'connect', from: name, to: serverName });
        passReset(back);
      }
    });
    upstream.once('connect', () => {
      connected = true;
      record({ kind: 'connect', from: name, to: serverName });
      void carryBoth(there, back);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  let closed: Promise<unknown> | undefined;
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    async close() {
      closed ??= Promise.all([closing(server), ...Array.from(sockets, closing)]);
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** How one direction is treated. */
interface Treatment {
  readonly cut: number | undefined;
  readonly merge: boolean;
  readonly fault: 'reset' | 'stall' | 'halfClose' | undefined;
  /** Bytes until the fault, Infinity without one. */
  readonly after: number;
}

/** One direction of one connection. */
interface Lane extends Treatment {
  readonly from: Socket;
  readonly to: Socket;
  readonly inbox: Inbox;
  readonly readByPeer: () => Promise<void>;
  readonly sender: Actor;
  readonly receiver: Actor;
  readonly record: (entry: NewEntry) => void;
}

/** One side of a connection. */
interface Side {
  readonly socket: Socket;
  readonly name: Actor;
}

function openLane(from: Side, to: Side, treatment: Treatment, record: Lane['record']): Lane {
  return {
    ...treatment,
    from: from.socket,
    to: to.socket,
    inbox: openInbox(from.socket, to.socket),
    readByPeer: watchReader(to.socket),
    sender: from.name,
    receiver: to.name,
    record,
  };
}

function treatmentOf(wire: Wire, direction: Direction): Treatment {
  const faults = (['reset', 'stall', 'halfClose'] as const).filter((name) => wire[name]);
  if (faults.length > 1) throw new RangeError(`one wire cannot do both: ${faults.join(', ')}`);
  if (wire.cut && wire.merge) throw new RangeError('one wire cannot do both: cut, merge');
  if (wire.cut !== undefined && !(Number.isSafeInteger(wire.cut) && wire.cut >= 1)) {
    throw new RangeError(`cut: pieces of at least 1 byte, not ${wire.cut}`);
  }
  const fault = faults[0];
  const after = fault && wire[fault]?.after;
  if (after !== undefined && !(Number.isSafeInteger(after) && after >= 0)) {
    throw new RangeError(`${fault}: after at least 0 bytes, not ${after}`);
  }
  const means = (which: Direction | 'both'): boolean => which === 'both' || which === direction;
  const shaped = means(wire.direction ?? 'both');
  const faulty = means(wire.direction ?? 'to-server');
  return {
    cut: shaped ? wire.cut : undefined,
    merge: shaped && wire.merge === true,
    fault: faulty ? fault : undefined,
    after: (faulty ? after : undefined) ?? Infinity,
  };
}

async function carryBoth(there: Lane, back: Lane): Promise<void> {
  const [serverGone, clientGone] = await Promise.all([carry(there), carry(back)]);
  // An RST is carried by the lane that reads it. When that lane has already carried a FIN,
  // the RST is noticed by the other lane alone, as the answer to its bytes.
  if (serverGone) passReset(back);
  if (clientGone) passReset(there);
}

/** Carries one direction to its end. True when it broke off because the receiver is gone. */
async function carry(lane: Lane): Promise<boolean> {
  const { from, to, inbox } = lane;
  let left = lane.after;
  from.resume();
  while (left > 0) {
    const bytes = await nextBytes(lane);
    if (bytes === undefined) break;
    const allowed = bytes.subarray(0, left);
    left -= allowed.length;
    await deliver(lane, allowed);
  }
  if (left === 0) await fail(lane);
  else if (inbox.over === 'end' && !to.destroyed) passEnd(lane);
  if (inbox.over === 'reset') {
    // An RST that meets unread bytes reaches a Node program as a plain end.
    await lane.readByPeer();
    passReset(lane);
  }
  return to.destroyed && inbox.over === undefined;
}

/** Bytes to be delivered now, or undefined when no more will be. */
async function nextBytes({ to, inbox, merge }: Lane): Promise<Buffer | undefined> {
  while (inbox.held === 0 && inbox.over === undefined && !to.destroyed) await inbox.news();
  if (to.destroyed) return undefined;
  if (!merge) return inbox.take();
  // Silence is four times 5 ms: if this process was itself held up for long, one timer is late and
  // the bytes that came meanwhile are read before the next, so its own absence is not taken for silence.
  for (let quiet = 0; quiet < 4 && inbox.held < MOST_HELD && inbox.over === undefined;) {
    const before = inbox.held;
    await sleep(5);
    quiet = inbox.held === before ? quiet + 1 : 0;
  }
  return inbox.takeAll();
}

async function deliver(lane: Lane, bytes: Buffer): Promise<void> {
  const { to, inbox, cut, sender, receiver, record } = lane;
  for (const piece of cut === undefined ? [bytes] : pieces(bytes, cut)) {
    if (to.destroyed) return;
    record({ kind: 'data', from: sender, to: receiver, bytes: piece });
    to.write(piece);
    // An RST overtakes bytes that the receiver does not take, as it does in the kernel.
    while (to.writableNeedDrain && !to.destroyed && inbox.over !== 'reset') await inbox.news();
    if (cut !== undefined) await lane.readByPeer();
  }
}

function* pieces(bytes: Buffer, cut: number): Generator<Buffer> {
  let start = 0;
  for (let count = 0; count < MOST_PIECES && start < bytes.length; count += 1, start += cut) {
    yield bytes.subarray(start, start + cut);
  }
  const larger = Math.max(cut, Math.ceil((bytes.length - start) / 64));
  for (; start < bytes.length; start += larger) yield bytes.subarray(start, start + larger);
}

/** The fault of the wire: what happens after the bytes that it lets pass. */
async function fail(lane: Lane): Promise<void> {
  const { from, to, inbox, fault, after, sender, receiver, record } = lane;
  const note = `the relay, after ${after} bytes`;
  if (fault === 'reset') {
    await lane.readByPeer();
    if (reset(to)) record({ kind: 'reset', from: sender, to: receiver, note });
    if (reset(from)) record({ kind: 'reset', from: receiver, to: sender, note });
  } else if (fault === 'stall') {
    record({ kind: 'note', from: sender, to: receiver, note: `stalled by ${note}` });
    while (!(from.destroyed && to.destroyed)) await inbox.news();
  } else {
    passEnd(lane, note);
    while (inbox.over === undefined && !to.destroyed) {
      inbox.takeAll();
      await inbox.news();
    }
  }
}

function passEnd({ to, sender, receiver, record }: Lane, note?: string): void {
  record({ kind: 'end', from: sender, to: receiver, ...(note ? { note } : {}) });
  to.end();
}

function passReset({ to, sender, receiver, record }: Lane): void {
  if (reset(to)) record({ kind: 'reset', from: sender, to: receiver });
}

/** Closes with an RST. False when the socket was closed already. */
function reset(socket: Socket): boolean {
  if (socket.destroyed) return false;
  // libuv refuses an RST while a FIN waits behind unsent bytes (uv_tcp_close_reset: EINVAL).
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
  return true;
}

/** What has come from a socket and was not passed on yet. */
interface Inbox {
  /** Bytes held now. */
  readonly held: number;
  /** What came after the bytes: FIN or RST. */
  readonly over: 'end' | 'reset' | undefined;
  /** What was read at once; undefined when nothing is held. */
  take(): Buffer | undefined;
  takeAll(): Buffer | undefined;
  /** Resolves at the next happening on one of the two sockets. For one waiter at a time. */
  news(): Promise<void>;
}

function openInbox(from: Socket, to: Socket): Inbox {
  const chunks: Buffer[] = [];
  let held = 0;
  let over: Inbox['over'];
  let wake: (() => void) | undefined;
  const taken = (bytes: Buffer | undefined): Buffer | undefined => {
    held -= bytes?.length ?? 0;
    if (held < MOST_HELD) from.resume();
    return bytes;
  };
  const ended = (): void => {
    over ??= 'end';
    wake?.();
  };

  from.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= MOST_HELD) from.pause();
    wake?.();
  });
  from.on('end', () => {
    // When bytes and an RST are there at once, libuv reports EOF after the bytes (uv__stream_io, POLLHUP).
    // A write of nothing tells: after a FIN it succeeds, after an RST it fails with EPIPE.
    if (!from.writable || from.writableLength > 0) ended();
    else from.write('', (error) => error ?? ended());
  });
  from.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') return;
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
    over = 'reset';
    wake?.();
  });
  from.on('close', () => wake?.());
  to.on('close', () => wake?.());
  to.on('drain', () => wake?.());

  return {
    get held() {
      return held;
    },
    get over() {
      return over;
    },
    take: () => taken(chunks.shift()),
    takeAll: () => taken(held > 0 ? Buffer.concat(chunks.splice(0)) : undefined),
    news: () => new Promise((resolve) => (wake = resolve)),
  };
}

/**
 * Returns a function that waits until the other end of `socket` has read all that was sent to it.
 *
 * Without it the kernel would join pieces that are sent one after the other. It gives up after 100 ms, so that a slow
 * reader does not hang the wire, and from then on looks once, until that reader has caught up. Where the kernel
 * does not tell (another system than Linux, a target on another machine), it waits 2 ms.
 */
function watchReader(socket: Socket): () => Promise<void> {
  let patience = 100;
  return async () => {
    let waited = 0;
    let looks = 0;
    // One turn of this process's own event loop: the reader may live in it.
    await nextTurn();
    while (!socket.destroyed) {
      const queues = queuesOf(socket);
      if (queues === undefined) {
        await sleep(2);
        return;
      }
      looks += 1;
      // Bytes that are not acknowledged were either read a moment ago or are still on their way: look again.
      if (queues.unread === 0 && (queues.unacknowledged === 0 || looks > 1)) {
        patience = 100;
        return;
      }
      if (waited >= patience) {
        patience = 0;
        return;
      }
      // Counted, not measured: a process that was held up for 100 ms has not waited for its reader.
      const pause = Math.min(looks, 5);
      await sleep(pause);
      waited += pause;
    }
  };
}

/**
 * Bytes that the peer of `socket` has received but not read, and bytes of `socket` that are not acknowledged.
 * Undefined where the kernel does not tell. Source: proc_pid_net(5), `tx_queue` and `rx_queue` of /proc/net/tcp.
 */
function queuesOf(socket: Socket): { unread: number; unacknowledged: number } | undefined {
  const { localPort, remotePort } = socket;
  if (process.platform !== 'linux' || localPort === undefined || remotePort === undefined) {
    return undefined;
  }
  // An IPv4 connection stands in tcp6 on the side of a server that listens on `::`.
  let tables = '';
  for (const path of ['/proc/net/tcp', '/proc/net/tcp6']) {
    tables += readFileSync(path, 'latin1');
    const peer = rowOf(tables, remotePort, localPort);
    const own = rowOf(tables, localPort, remotePort);
    if (peer && own) return { unread: peer.rx, unacknowledged: own.tx };
  }
  return undefined;
}

/** The row of a connection. The pair of ports names it: both ends are on this machine. */
function rowOf(table: string, localPort: number, remotePort: number) {
  const row = new RegExp(
    `:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8}) `,
  ).exec(table);
  return row ? { tx: parseInt(row[1]!, 16), rx: parseInt(row[2]!, 16) } : undefined;
}

/** Port numbers are four upper-case hexadecimal digits there. */
function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** Resolves when a server or socket has closed, whatever it emits before. */
function closing(what: Server | Socket): Promise<void> {
  return new Promise((resolve) => what.once('close', () => resolve()));
}
