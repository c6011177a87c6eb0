// The other end of a stream connection: what a check, or a reference client or server, says and hears over TCP.
import { createServer, connect as dial, type Socket } from 'node:net';
import { once } from 'node:events';
import { showText } from './bytes.ts';
import type { Actor, Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import type { Address } from './program.ts';
import type { Happenings, WaitOptions } from './waiting.ts';

export interface StreamPeer {
  readonly actor: Actor;
  /** Everything that has arrived so far. */
  readonly received: Buffer;
  /** True once the other side has sent its FIN. */
  readonly ended: boolean;
  /** True once the connection was reset. */
  readonly wasReset: boolean;
  /** Hands bytes to the kernel; resolves when it has taken them all. Rejects never: a broken connection shows in what is received. */
  send(bytes: Uint8Array | string): Promise<void>;
  /** Sends a FIN: no more bytes from here, the other direction lives on. */
  end(): void;
  /** Breaks the connection with a RST. */
  reset(): void;
  /** Stops and goes on reading: a slow reader. */
  pause(): void;
  resume(): void;
  /** Waits for the next `count` bytes. */
  receive(count: number, what: string, options?: WaitOptions): Promise<Buffer>;
  /** Waits for the FIN of the other side; returns all bytes not yet taken. */
  receiveToEnd(what: string, options?: WaitOptions): Promise<Buffer>;
  /** Waits until the connection is over, in whatever way. */
  over(what: string, options?: WaitOptions): Promise<void>;
  destroy(): void;
}

export interface StreamHost {
  readonly address: Address;
  /** Waits for the next connection. */
  accept(what: string, options?: WaitOptions): Promise<StreamPeer>;
  close(): Promise<void>;
}

interface Setting {
  readonly exchange: Exchange;
  readonly happenings: Happenings;
}

/** What connect(2) and the resolver say when nobody is there, or when there is no such place. */
const NOBODY = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EINVAL',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
];

/** Connects to a program. Throws a {@link Failure} if nobody listens there. */
export async function connectPeer(
  address: Address,
  actor: Actor,
  server: Actor,
  setting: Setting,
): Promise<StreamPeer> {
  const where = `${address.host}:${address.port}`;
  const socket = dial({
    host: address.host,
    port: address.port,
    allowHalfOpen: true,
    noDelay: true,
  });
  let outcome: NodeJS.ErrnoException | 'connected' | undefined;
  const settle = (how: typeof outcome) => {
    outcome ??= how;
    setting.happenings.happened();
  };
  const failed = (error: NodeJS.ErrnoException) => settle(error);
  socket.once('connect', () => settle('connected'));
  socket.once('error', failed);
  try {
    const how = await setting.happenings.until(
      () => outcome,
      () =>
        new Failure({
          verdict: 'timed out',
          saw: `${where} does not answer to a new connection.`,
          expected: 'the server takes new connections as long as it runs.',
          facts: { noAnswer: true },
        }),
    );
    // On loopback a connection to a port that nobody listens on can meet itself: source and destination are the same.
    const itself = how === 'connected' && socket.localPort === socket.remotePort;
    if (how !== 'connected' || itself) {
      const code = how === 'connected' ? 'ECONNREFUSED' : (how.code ?? '');
      if (how !== 'connected' && !NOBODY.includes(code)) throw how;
      setting.exchange.record({ kind: 'refused', from: actor, to: server });
      throw new Failure({
        saw: `nobody accepts connections on ${where} (${code}).`,
        expected: 'the server listens there as long as it runs.',
        facts: { refused: true },
      });
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.off('error', failed);
  setting.exchange.record({ kind: 'connect', from: actor, to: server });
  return peerOn(socket, actor, server, setting);
}

/** Listens on a free port of 127.0.0.1, for a client under check to connect to. */
export async function listenForPeers(
  actor: Actor,
  client: Actor,
  setting: Setting,
): Promise<StreamHost> {
  const waiting: StreamPeer[] = [];
  const sockets = new Set<Socket>();
  let closing: Promise<unknown> | undefined;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    setting.exchange.record({ kind: 'connect', from: client, to: actor });
    waiting.push(peerOn(socket, actor, client, setting));
    setting.happenings.happened();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string')
    throw new Error('a listening TCP server has a port');
  return {
    address: { host: '127.0.0.1', port: bound.port },
    accept: (what, options) =>
      setting.happenings.until(
        () => waiting.shift(),
        () =>
          new Failure({
            verdict: 'timed out',
            saw: `no connection came ${what}.`,
            expected: `the client connects to 127.0.0.1:${bound.port}.`,
            facts: { noConnection: true },
          }),
        options,
      ),
    async close() {
      closing ??= once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closing;
    },
  };
}

function peerOn(
  socket: Socket,
  actor: Actor,
  other: Actor,
  { exchange, happenings }: Setting,
): StreamPeer {
  // What has come, what of it stands in `chunks` from `next` on and was not yet taken, and how much of `chunks[next]` was.
  const chunks: Buffer[] = [];
  let size = 0;
  let taken = 0;
  let next = 0;
  let offset = 0;
  let ended = false;
  let wasReset = false;
  let closed = false;

  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    exchange.record({ kind: 'data', from: other, to: actor, bytes: chunk });
    happenings.happened();
  });
  socket.on('end', () => {
    ended = true;
    exchange.record({ kind: 'end', from: other, to: actor });
    happenings.happened();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // EPIPE: it was reset, and a write was the first to notice.
    if ((error.code === 'ECONNRESET' || error.code === 'EPIPE') && !wasReset) {
      wasReset = true;
      exchange.record({ kind: 'reset', from: other, to: actor });
    }
    happenings.happened();
  });
  socket.on('close', () => {
    closed = true;
    happenings.happened();
  });

  const received = () => {
    if (chunks.length > 1) {
      chunks.splice(0, chunks.length, Buffer.concat(chunks));
      next = 0;
      offset = taken;
    }
    return chunks[0] ?? Buffer.alloc(0);
  };

  /** Takes the next `count` bytes, which must be there. Copies them at most once, however much came before. */
  const take = (count: number): Buffer => {
    const parts: Buffer[] = [];
    taken += count;
    for (let left = count; left > 0;) {
      const chunk = chunks[next] as Buffer;
      const part = chunk.subarray(offset, offset + left);
      parts.push(part);
      left -= part.length;
      offset += part.length;
      if (offset === chunk.length) {
        next += 1;
        offset = 0;
      }
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, count);
  };

  return {
    actor,
    get received() {
      return received();
    },
    get ended() {
      return ended;
    },
    get wasReset() {
      return wasReset;
    },
    send(bytes) {
      const data = Buffer.from(bytes);
      exchange.record({ kind: 'data', from: actor, to: other, bytes: data });
      return new Promise((resolve) => socket.write(data, () => resolve()));
    },
    end() {
      exchange.record({ kind: 'end', from: actor, to: other });
      socket.end();
    },
    reset() {
      exchange.record({ kind: 'reset', from: actor, to: other });
      socket.resetAndDestroy();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    receive: (count, what, options) =>
      happenings.until(
        () => {
          if (size - taken >= count) return take(count);
          if (ended || wasReset || closed) throw incomplete(what);
          return undefined;
        },
        () => incomplete(what),
        options,
      ),
    receiveToEnd: (what, options) =>
      happenings.until(
        () => {
          if (ended && !wasReset) return take(size - taken);
          if (wasReset || closed) throw incomplete(what);
          return undefined;
        },
        () => incomplete(what, true),
        options,
      ),
    over: (what, options) =>
      happenings
        .until(
          () => (ended || wasReset || closed ? true : undefined),
          () =>
            new Failure({
              verdict: 'timed out',
              saw: `the connection is still open ${what}.`,
              expected: `the ${other} closes it ${what}.`,
              facts: { stillOpen: true },
            }),
          options,
        )
        .then(() => {}),
    destroy: () => void socket.destroy(),
  };

  /** `toEnd`: a FIN was awaited as well, and is missing. */
  function incomplete(what: string, toEnd = false): Failure {
    const rest = received().subarray(taken);
    const how = wasReset
      ? 'the connection was reset'
      : ended
        ? 'the connection was ended'
        : toEnd
          ? 'then neither more bytes nor a FIN came'
          : 'then nothing more came';
    const nothing =
      toEnd && !ended && !wasReset ? 'neither bytes nor a FIN came back' : 'nothing came back';
    exchange.record({ kind: 'waiting', from: actor, note: what });
    return new Failure({
      verdict: ended || wasReset ? 'failed' : 'timed out',
      saw:
        rest.length === 0
          ? `${nothing}${ended || wasReset ? `; ${how}` : ''}.`
          : `${rest.length.toLocaleString('en')} bytes came back (${showText(rest, 40)}); ${how}.`,
      expected: `${what}.`,
      facts: { got: Buffer.from(rest), ended, wasReset, silent: !ended && !wasReset },
    });
  }
}
