// The hostile wire of datagrams: a UDP relay in front of a program that drops, duplicates and reorders what passes.

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Actor, Exchange } from './exchange.ts';
import { seededRandom } from './random.ts';

/** What happens to one datagram. `hold`: delivered after the next one of its client and direction. */
export type Fate = 'pass' | 'drop' | 'duplicate' | 'hold';

export type Direction = 'to-server' | 'to-client';

/** One datagram on the wire. */
export interface Datagram {
  /** Its place among those of the same client and direction, from 0. */
  readonly index: number;
  readonly direction: Direction;
  /** The name of the client. */
  readonly client: Actor;
  readonly bytes: Buffer;
}

/** Shares of all datagrams, each from 0 to 1, together at most 1. The rest passes. */
export interface SeededWire {
  /** The same seed gives the n-th datagram of a client and direction the same fate, whatever the others do. */
  readonly seed: string;
  readonly drop?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
}

/** Decides datagram by datagram, or by seed, or lets all pass (`{}`). */
export type DatagramWire =
  ((datagram: Datagram) => Fate) | SeededWire | { readonly seed?: undefined };

export interface DatagramRelayOptions {
  /** Where everything is recorded as it was delivered. */
  readonly exchange?: Pick<Exchange, 'record'>;
  /**
   * Names a client, once, by its address (`127.0.0.1:40123`) and its first datagram.
   * Default: `client 1`, `client 2` … in the order in which they appear.
   */
  readonly name?: (clientAddressKey: string, firstDatagram: Buffer) => Actor;
  /** The name of the target. Default `server`. */
  readonly server?: Actor;
}

export interface DatagramRelay {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Delivers what is held, then closes every socket. Never throws, may be called again. */
  close(): Promise<void>;
}

/** A held datagram that no other one follows is delivered after so many milliseconds: late, not lost. */
export const LATE = 50;

/** Bytes that the kernel may keep for each socket, so that the relay loses nothing by itself. The system may allow less. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

/**
 * Starts a relay on a free UDP port of 127.0.0.1, in front of an IPv4 target.
 *
 * Each client address gets a socket of its own towards `target`, so the target sees as many ports as there are clients,
 * and its answers find their way back. An answer from another port than the target's is passed on with a note.
 * Throws RangeError for shares that make no sense.
 */
export async function startDatagramRelay(
  target: { readonly host: string; readonly port: number },
  wire: DatagramWire,
  options: DatagramRelayOptions = {},
): Promise<DatagramRelay> {
  const fateOf = fates(wire);
  const server = options.server ?? 'server';
  const clients = new Map<string, { upstream: Socket; toServer: Lane; toClient: Lane }>();
  const front = openSocket();
  front.bind(0, '127.0.0.1');
  await once(front, 'listening');

  front.on('message', (bytes, { address, port }) => {
    const key = `${address}:${port}`;
    const client = clients.get(key) ?? accept(address, port, bytes);
    clients.set(key, client);
    client.toServer.carry(bytes);
  });

  const accept = (host: string, port: number, first: Buffer): Client => {
    const name = options.name?.(`${host}:${port}`, first) ?? `client ${clients.size + 1}`;
    const upstream = openSocket();
    const open = (path: Path): Lane => openLane(path, name, fateOf, options.exchange);
    const toServer = open({
      direction: 'to-server',
      from: name,
      to: server,
      send: (bytes) => send(upstream, bytes, target.port, target.host),
    });
    const toClient = open({
      direction: 'to-client',
      from: server,
      to: name,
      send: (bytes) => send(front, bytes, port, host),
    });
    upstream.on('message', (bytes, sender) => {
      toClient.carry(bytes, sender.port === target.port ? undefined : `from port ${sender.port}`);
    });
    return { upstream, toServer, toClient };
  };

  let closed: Promise<unknown> | undefined;
  const closeAll = async (): Promise<void> => {
    const all = [...clients.values()];
    await Promise.all(all.flatMap(({ toServer, toClient }) => [toServer.end(), toClient.end()]));
    await Promise.all([front, ...all.map(({ upstream }) => upstream)].map(close));
  };
  return {
    host: '127.0.0.1',
    port: front.address().port,
    async close() {
      closed ??= closeAll();
      await closed;
    },
  };
}

interface Client {
  readonly upstream: Socket;
  readonly toServer: Lane;
  readonly toClient: Lane;
}

/** Where the datagrams of one client and direction come from and go to. */
interface Path {
  readonly direction: Direction;
  readonly from: Actor;
  readonly to: Actor;
  send(bytes: Buffer): Promise<void>;
}

/** The way of one client's datagrams in one direction. */
interface Lane {
  /** Lets one datagram meet its fate. `remark` goes into the record. */
  carry(bytes: Buffer, remark?: string): void;
  /** Delivers what is held and takes no more. */
  end(): Promise<void>;
}

interface Held {
  readonly bytes: Buffer;
  readonly remark: string | undefined;
  readonly timer: NodeJS.Timeout;
}

function openLane(
  { direction, from, to, send }: Path,
  client: Actor,
  fateOf: (datagram: Datagram) => Fate,
  exchange: Pick<Exchange, 'record'> | undefined,
): Lane {
  const held = new Set<Held>();
  let count = 0;
  let ended = false;

  const deliver = (bytes: Buffer, ...notes: (string | undefined)[]): Promise<void> => {
    const note = notes.filter((each) => each !== undefined).join(', ');
    exchange?.record({ kind: 'datagram', from, to, bytes, ...(note ? { note } : {}) });
    return send(bytes);
  };
  const release = async (late: Held): Promise<void> => {
    clearTimeout(late.timer);
    if (held.delete(late)) await deliver(late.bytes, 'late', late.remark);
  };
  const hold = (bytes: Buffer, remark: string | undefined): void => {
    // A timer that fires late, because this process was held up, fires before what came meanwhile is read.
    // One turn more, and the next datagram still overtakes this one.
    const timer = setTimeout(() => setImmediate(() => void release(late)), LATE);
    const late: Held = { bytes, remark, timer };
    held.add(late);
  };

  return {
    carry(bytes, remark) {
      if (ended) return;
      const fate = fateOf({ index: count, direction, client, bytes });
      count += 1;
      if (fate === 'drop') {
        exchange?.record({ kind: 'dropped', from, to, bytes, ...(remark ? { note: remark } : {}) });
      } else if (fate === 'hold') {
        hold(bytes, remark);
      } else {
        void deliver(bytes, remark);
        if (fate === 'duplicate') void deliver(bytes, 'duplicate', remark);
        for (const late of held) void release(late);
      }
    },
    async end() {
      ended = true;
      await Promise.all(Array.from(held, release));
    },
  };
}

/** How a wire decides. */
function fates(wire: DatagramWire): (datagram: Datagram) => Fate {
  if (typeof wire === 'function') return wire;
  if (wire.seed === undefined) return () => 'pass';
  const { seed, drop = 0, duplicate = 0, reorder = 0 } = wire;
  const shares = { drop, duplicate, reorder };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${name}: a share of 0 to 1, not ${share}`);
  }
  if (drop + duplicate + reorder > 1) {
    throw new RangeError(`shares of more than 1 together: ${JSON.stringify(shares)}`);
  }
  return ({ client, direction, index }) => {
    // A generator of its own for each datagram: its fate does not depend on the order in which clients take turns.
    const lot = seededRandom(`${seed} ${client} ${direction} ${index}`).float();
    if (lot < drop) return 'drop';
    if (lot < drop + duplicate) return 'duplicate';
    return lot < drop + duplicate + reorder ? 'hold' : 'pass';
  };
}

function openSocket(): Socket {
  return createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER });
}

/** Resolves when the kernel has the datagram. An error is thrown past everyone: a relay that loses by itself is broken. */
function send(socket: Socket, bytes: Buffer, port: number, host: string): Promise<void> {
  return new Promise((resolve) => {
    socket.send(bytes, port, host, (error) => {
      if (error) throw error;
      resolve();
    });
  });
}

function close(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve));
}
