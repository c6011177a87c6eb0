// One timer for silence is enough: the other one is as long.
import type { Socket } from 'node:net';
import { HttpError } from './response.ts';

export interface Input {
  /** What is there now: a piece of a request, or a whole one, or several. */
  readonly bytes: Buffer;
  /** Takes the first `count` bytes away. */
  take(count: number): void;
  /**
   * Waits for more bytes. False if none will come: the client has ended its side, or the connection is gone. With a
   * `deadline`, on the clock of `performance.now()`, it throws HttpError 408 once that has passed.
   */
  more(deadline?: number): Promise<boolean>;
}

/** So much is held for a client that sends faster than it is answered, in bytes. The kernel keeps the rest. */
const MOST_HELD = 65_536;

/** `silence`: after so many milliseconds without a byte in either direction the connection is closed. */
export function openInput(socket: Socket, silence: number): Input {
  let bytes: Buffer = Buffer.alloc(0);
  let over = false;
  let wake = (_why: 'bytes' | 'over') => {};

  socket.on('data', (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    if (bytes.length >= MOST_HELD) socket.pause();
    wake('bytes');
  });
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      over = true;
      wake('over');
    });
  }
  socket.setTimeout(silence, () => socket.destroy());

  return {
    get bytes() {
      return bytes;
    },
    take(count) {
      bytes = bytes.subarray(count);
    },
    async more(deadline) {
      if (over) return false;
      socket.resume();
      let alarm: NodeJS.Timeout | undefined;
      const why = await new Promise<'bytes' | 'over' | 'late'>((resolve) => {
        wake = resolve;
        if (deadline !== undefined)
          alarm = setTimeout(resolve, Math.ceil(deadline - performance.now()), 'late');
      });
      clearTimeout(alarm);
      if (why === 'late') throw new HttpError(408, 'the request did not arrive in time');
      return why === 'bytes';
    },
  };
}
