// An echo server without node:net: its sockets are the kernel's, and the loop that serves all clients is its own.
//
// The task: steps 3 and 4 of README.md beside this file. Its loop is in loop.ts, what it does for one client in connection.ts.
// Try it by hand:                        npm run ex -- event-loop server
//                  in a second terminal: npm run ex -- event-loop crowd        (or: nc 127.0.0.1 8888)
import { parseArgs } from 'node:util';
import {
  accept,
  bind,
  EPOLLIN,
  getsockname,
  listen,
  setsockopt,
  SO_REUSEADDR,
  SOCK_NONBLOCK,
  socket,
  SOL_SOCKET,
  type SystemError,
} from '#posix/epoll';
import { todo } from '#todo';
import { serve, type Manner } from './connection.ts';
import { run, stop, watch } from './loop.ts';

/** How many connections may wait to be accepted: as many as in Node. It is no limit to the number of clients. */
const BACKLOG = 511;

const { host, port, manner } = readOptions();
const listener = openListener();
watch(listener, EPOLLIN, welcome);
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
const bound = getsockname(listener);
console.log(`listening on ${bound.host}:${bound.port}`);
await run(); // when it returns nothing keeps Node alive, and the kernel closes all sockets

/** A socket that listens, or the end of the program. */
function openListener(): number {
  try {
    // TODO: step 3: make a socket. Set its option SO_REUSEADDR (level SOL_SOCKET) to 1: or, after a restart, the port would be
    //   taken for a minute by connections that have ended.
    // TODO: step 3: bind it to `host` and `port`, have it listen with the BACKLOG, and return its descriptor.
    return todo('step 3: make a socket that listens');
  } catch (error) {
    return fail(`cannot listen on ${host}:${port}: ${(error as SystemError).code}`);
  }
}

/** Takes one client. If more of them wait, the listener is still ready, and the loop calls again. */
function welcome(): void {
  // TODO: step 4: accept the next connection, as a socket that never blocks (SOCK_NONBLOCK), and hand it to serve().
  todo('step 4: accept the client that waits');
}

// Done for you from here on.

function readOptions(): { host: string; port: number; manner: Manner } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        delay: { type: 'string', default: '0' },
        block: { type: 'boolean', default: false },
      },
    });
    const manner = { delay: wholeNumber(values.delay, 60_000), block: values.block };
    return { host: values.host, port: wholeNumber(values.port, 65_535), manner };
  } catch {
    console.error('usage: server [--host HOST] [--port PORT] [--delay MS] [--block]');
    process.exit(2);
  }
}

function wholeNumber(text: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > most)
    throw new RangeError('out of range');
  return number;
}

function fail(message: string): never {
  console.error(`server: ${message}`);
  process.exit(1);
}
