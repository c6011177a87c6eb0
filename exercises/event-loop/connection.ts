// One client of the echo server: what it sends goes back, as fast as its socket takes it.
//
// The task: steps 4 to 6 of README.md beside this file.
import { sleep } from '#posix';
import { close, EPOLLIN, EPOLLOUT, read, write, type SystemError } from '#posix/epoll';
import { todo } from '#todo';
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
  // TODO: step 5: the first argument of a callback says what has come. With EPOLLOUT in it, send what is unsent. Otherwise
  //   receive(), whatever it is: a broken connection may come as EPOLLERR and EPOLLHUP alone, and read() throws then.
  watch(fd, EPOLLIN, () => guard(() => receive()));

  function receive(): void {
    // TODO: step 4: read up to CHUNK bytes. None at all: the client has ended, so leave(). Otherwise send() them.
    // TODO: step 6: with a `delay`, and without `block`: watch for nothing (0) meanwhile, and have them sent later(), inside of
    //   guard(). With both: sleep() that long, in seconds, and send them then. Everybody else will sleep, too.
    todo('step 4: read what has come');
  }

  /** Hands over what the kernel takes, and waits for room for the rest. */
  function send(bytes: Buffer): void {
    // TODO: step 4: hand the bytes to writeSome().
    // TODO: step 5: it says how many it took. Keep the rest in `unsent`. Watch for EPOLLOUT while there is a rest, and for EPOLLIN
    //   when there is none.
    // TODO: step 6: this client may have gone while its answer waited. Do nothing then: the number of its socket may be
    //   another client's by now.
    todo('step 4: send the bytes back');
  }

  function leave(): void {
    // TODO: step 4: forget() the descriptor, close() it, and remember in `open` that this client has gone.
    todo('step 4: let this client go');
  }

  /** One client that breaks its connection must not end the server for the others. */
  function guard(act: () => void): void {
    // TODO: step 5: if act() throws ECONNRESET, EPIPE or ETIMEDOUT (codeOf() tells), leave(). Throw all other errors again.
    act();
  }
}

/** Writes as much as the kernel has room for. Returns how many bytes that was. */
function writeSome(fd: number, bytes: Buffer): number {
  // TODO: step 5: write() throws EAGAIN where there is no room at all. That is no error: it took 0 bytes.
  return write(fd, bytes);
}

function codeOf(error: unknown): string {
  return (error as SystemError).code;
}
