// One client of the echo server: what it sends goes back, as fast as its socket takes it.
import { sleep } from '#posix';
import { close, EPOLLIN, EPOLLOUT, read, write, type SystemError } from '#posix/epoll';
import { change, forget, later, watch } from './loop.ts';

/** How answers are given: after `delay` milliseconds, by a timer or, with `block`, by a call that blocks. */
export interface Manner {
  readonly delay: number;
  readonly block: boolean;
}

const CHUNK = 64 * 1024;

/**
 * Serves a connected socket, which must not block, until its client has ended its side and has everything back.
 *
 * It reads or it writes, and never both: while something is unsent nothing more is read, so a client that does not read its
 * echo costs one chunk of memory, and when the end is read nothing is unsent.
 */
export function serve(fd: number, { delay, block }: Manner): void {
  let open = true;
  let unsent: Buffer = Buffer.alloc(0);
  watch(fd, EPOLLIN, (events) => guard(() => (events & EPOLLOUT ? send(unsent) : receive())));

  function receive(): void {
    const bytes = read(fd, CHUNK);
    if (bytes.length === 0) leave();
    else if (delay === 0) send(bytes);
    else if (block) {
      sleep(delay / 1000); // the whole program sleeps, and with it all other clients
      send(bytes);
    } else {
      change(fd, 0); // nothing more is read before this is answered
      later(delay, () => guard(() => send(bytes)));
    }
  }

  /** Hands over what the kernel takes, and waits for room for the rest. */
  function send(bytes: Buffer): void {
    if (!open) return; // gone while its answer waited; and the number of its socket may be another client's by now
    unsent = bytes.subarray(writeSome(fd, bytes));
    change(fd, unsent.length > 0 ? EPOLLOUT : EPOLLIN); // a socket nearly always has room: asked for only when needed
  }

  function leave(): void {
    open = false;
    forget(fd);
    close(fd);
  }

  /** One client that breaks its connection must not end the server for the others. */
  function guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (codeOf(error) !== 'ECONNRESET') throw error;
      leave();
    }
  }
}

/** Writes as much as the kernel has room for. Returns how many bytes that was. */
function writeSome(fd: number, bytes: Buffer): number {
  try {
    return write(fd, bytes);
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as SystemError).code;
}
