// The other end of a connection to a socket file (AF_UNIX): what a check says and hears there.
import { closeSync, openSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { Failure } from './failure.ts';
import { showText } from './bytes.ts';
import type { Trial } from './trial.ts';

export interface LocalPeer {
  /** Everything that has arrived so far. */
  readonly received: Buffer;
  /** True once the other side has ended, in whatever way. */
  readonly over: boolean;
  send(bytes: Uint8Array | string): void;
  end(): void;
  /** Waits until `count` bytes have arrived in all. */
  receive(count: number, what: string): Promise<Buffer>;
  /** Waits for the end of the other side; returns everything that has arrived. */
  receiveToEnd(what: string): Promise<Buffer>;
}

/** Codes of a connect(2) that nobody takes. */
const NOBODY = ['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK', 'EAGAIN'];

/**
 * Connects to the socket file `name` in the trial's directory. Throws a {@link Failure} if nobody listens there.
 *
 * By way of a descriptor of that directory: the whole path could be longer than the kernel has room for, see unix(7).
 */
export async function connectLocal(
  trial: Trial,
  name: string,
  actor = 'client',
): Promise<LocalPeer> {
  const { exchange, happenings } = trial;
  const server = 'local';
  const directory = openSync(trial.directory, 'r');
  const socket = dial({ path: `/proc/self/fd/${directory}/${name}`, allowHalfOpen: true });
  await trial.own(Promise.resolve(socket), () => socket.destroy());
  const chunks: Buffer[] = [];
  let over = false;
  let outcome: NodeJS.ErrnoException | 'connected' | undefined;
  socket.on('connect', () => {
    outcome ??= 'connected';
    happenings.happened();
  });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    exchange.record({ kind: 'data', from: server, to: actor, bytes: chunk });
    happenings.happened();
  });
  socket.on('end', () => {
    exchange.record({ kind: 'end', from: server, to: actor });
    over = true;
    happenings.happened();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    outcome ??= error;
    over = true;
    happenings.happened();
  });
  const how = await happenings
    .until(
      () => outcome,
      () =>
        new Failure({
          verdict: 'timed out',
          saw: `${name} does not answer to a new connection.`,
          expected: 'the server takes new connections as long as it runs.',
          facts: { noAnswer: true },
        }),
    )
    .finally(() => closeSync(directory));
  if (how !== 'connected') {
    if (!NOBODY.includes(how.code ?? '')) throw how;
    exchange.record({ kind: 'refused', from: actor, to: server });
    throw new Failure({
      saw: `nobody accepts connections on ${name} (${how.code}).`,
      expected: 'the server listens there as long as it runs.',
      facts: { refused: true, code: how.code },
    });
  }
  exchange.record({ kind: 'connect', from: actor, to: server });

  const received = () => Buffer.concat(chunks);
  const wait = async (enough: () => boolean, what: string) => {
    await happenings.until(
      () => (enough() || over ? true : undefined),
      () => incomplete(what),
    );
    if (!enough()) throw incomplete(what);
    return received();
  };
  return {
    get received() {
      return received();
    },
    get over() {
      return over;
    },
    send(bytes) {
      exchange.record({ kind: 'data', from: actor, to: server, bytes: Buffer.from(bytes) });
      socket.write(bytes);
    },
    end() {
      exchange.record({ kind: 'end', from: actor, to: server });
      socket.end();
    },
    receive: (count, what) => wait(() => received().length >= count, what),
    receiveToEnd: (what) => wait(() => over, what),
  };

  function incomplete(what: string): Failure {
    const got = received();
    return new Failure({
      verdict: over ? 'failed' : 'timed out',
      saw: `${got.length === 0 ? 'nothing' : `${got.length} bytes (${showText(got, 40)})`} came back${over ? ', and the connection was ended' : ''}.`,
      expected: `${what}.`,
      facts: { got, ended: over, silent: !over },
    });
  }
}
