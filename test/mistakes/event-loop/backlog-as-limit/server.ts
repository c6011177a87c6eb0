// An echo server without node:net: its sockets are the kernel's, and the loop that serves all clients is its own.
//
// Try it in two terminals:
//   npm run ex -- event-loop server --solution
//   npm run ex -- event-loop crowd --solution        (or: nc 127.0.0.1 8888)
import { parseArgs } from 'node:util';
import {
  accept,
  bind,
  close,
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
import { serve, type Manner } from './connection.ts';
import { run, stop, watch } from './loop.ts';

/** How many connections may wait to be accepted: as many as in Node. */
const BACKLOG = 511;

const { host, port, manner } = readOptions();
let clients = 0;
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
    const fd = socket();
    // Or, after a restart, the port would be taken for a minute by connections that have ended: TIME_WAIT.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    bind(fd, host, port);
    listen(fd, BACKLOG);
    return fd;
  } catch (error) {
    return fail(`cannot listen on ${host}:${port}: ${(error as SystemError).code}`);
  }
}

/** Takes one client, if there is room for it. */
function welcome(): void {
  const client = accept(listener, SOCK_NONBLOCK);
  clients += 1;
  if (clients > BACKLOG) close(client);
  else serve(client, manner);
}

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
