// The other end of a datagram exchange: one UDP socket of a check, with what came to it, in order.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { showText } from './bytes.ts';
import type { Actor, Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import type { Address } from './program.ts';
import type { Happenings, WaitOptions } from './waiting.ts';

export interface Datagram {
  readonly bytes: Buffer;
  readonly text: string;
  readonly from: Address;
}

export interface DatagramPeer {
  readonly actor: Actor;
  readonly address: Address;
  /** What has come and was not yet taken. */
  readonly pending: readonly Datagram[];
  /** Sends one datagram to the program (or to `to`); resolves when the kernel has it. Rejects with EMSGSIZE above 65,507 bytes. */
  send(payload: string | Uint8Array, to?: Address): Promise<void>;
  /** Waits for the next datagram. */
  receive(what: string, options?: WaitOptions): Promise<Datagram>;
  close(): Promise<void>;
}

interface Setting {
  readonly exchange: Exchange;
  readonly happenings: Happenings;
}

/** Binds a socket on 127.0.0.1. `target` is where {@link DatagramPeer.send} goes unless it is told otherwise. */
export async function bindPeer(
  actor: Actor,
  other: Actor,
  target: Address | undefined,
  { exchange, happenings }: Setting,
): Promise<DatagramPeer> {
  // A large receive buffer: what is lost here would be blamed on the program.
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const pending: Datagram[] = [];
  let closed = false;
  socket.on('message', (bytes, { address: host, port }) => {
    exchange.record({ kind: 'datagram', from: other, to: actor, bytes });
    pending.push({ bytes, text: bytes.toString('utf8'), from: { host, port } });
    happenings.happened();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  return {
    actor,
    address: { host: '127.0.0.1', port },
    pending,
    send(payload, to = target) {
      if (!to) throw new Error('a datagram needs an address to go to');
      const bytes = Buffer.from(payload);
      exchange.record({ kind: 'datagram', from: actor, to: other, bytes });
      return new Promise((resolve, reject) => {
        socket.send(bytes, to.port, to.host, (error) => (error ? reject(error) : resolve()));
      });
    },
    receive: (what, options) =>
      happenings.until(
        () => pending.shift(),
        () => {
          exchange.record({ kind: 'waiting', from: actor, note: what });
          return new Failure({
            verdict: 'timed out',
            saw: `${actor} got no datagram.`,
            expected: `${what}.`,
            facts: { silent: true, actor },
          });
        },
        options,
      ),
    async close() {
      if (closed) return;
      closed = true;
      const done = once(socket, 'close');
      socket.close();
      await done;
    },
  };
}

/** A datagram as a sentence shows it. */
export function showDatagram({ bytes }: Datagram): string {
  return bytes.length === 0 ? 'an empty datagram' : showText(bytes, 60);
}
