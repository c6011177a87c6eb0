// `#posix/epoll`: sockets and readiness as the kernel has them, for the lesson that builds an event loop of its own. See
// epoll(7). IPv4 and TCP only. Each call blocks the whole program if it blocks at all: nothing of Node runs meanwhile.
import { createRequire } from 'node:module';
import { isIPv4 } from 'node:net';
import { constants } from 'node:os';
import { c, checked, type SystemError } from './libc.ts';

export type { SystemError } from './libc.ts';

/** What to wait for, and what has come. {@link EPOLLERR} and {@link EPOLLHUP} come unasked. See epoll_ctl(2). */
export const EPOLLIN = 0x001;
export const EPOLLOUT = 0x004;
export const EPOLLERR = 0x008;
export const EPOLLHUP = 0x010;

/** What {@link epoll_ctl} shall do: begin to watch a descriptor, watch it for something else, watch it no longer. */
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

/** Flag of {@link accept}: what would block fails with EAGAIN instead. */
export const SOCK_NONBLOCK = 0x800;

export const SOL_SOCKET = 1;
/** Option of a listening socket: its port may be taken again although old connections of it are in TIME_WAIT. See socket(7). */
export const SO_REUSEADDR = 2;

export interface Ready {
  readonly fd: number;
  /** Which of the `EPOLL…` hold, added up: `events & EPOLLIN` asks for one. */
  readonly events: number;
}

const library = (
  createRequire(import.meta.url)('koffi') as {
    load(path: null): { func(prototype: string): (...args: readonly unknown[]) => number };
  }
).load(null);

const kernel = {
  epoll_create1: library.func('int epoll_create1(int flags)'),
  epoll_ctl: library.func('int epoll_ctl(int epoll, int operation, int fd, const void *event)'),
  epoll_wait: library.func('int epoll_wait(int epoll, void *events, int most, int timeout)'),
  socket: library.func('int socket(int domain, int type, int protocol)'),
  setsockopt: library.func(
    'int setsockopt(int fd, int level, int option, const void *value, uint32_t size)',
  ),
  bind: library.func('int bind(int fd, const void *address, uint32_t size)'),
  listen: library.func('int listen(int fd, int backlog)'),
  getsockname: library.func('int getsockname(int fd, void *address, void *size)'),
  accept4: library.func('int accept4(int fd, void *address, void *size, int flags)'),
  write: library.func('intptr_t write(int fd, const void *bytes, size_t count)'),
  uvBackendFd: library.func('int uv_backend_fd(uintptr_t loop)'),
} as const;

// --- readiness ---

const EPOLL_CLOEXEC = 0x80000;
/** struct epoll_event: 32 bits of events, then 64 bits for the caller's use, without a gap on x86-64 only. */
const [EVENT_SIZE, DATA_AT] = process.arch === 'x64' ? [12, 4] : [16, 8];
/** Descriptors that one call tells of at most. More of them are told of by the next call. */
const MOST = 256;
const events = Buffer.alloc(MOST * EVENT_SIZE);
const one = Buffer.alloc(EVENT_SIZE);

/** Makes an epoll instance: a set of descriptors to wait for. It is a descriptor, too. EMFILE. See epoll_create1(2). */
export function epoll_create1(flags = 0): number {
  return checked('epoll_create1', kernel.epoll_create1(flags | EPOLL_CLOEXEC));
}

/**
 * Puts a descriptor into the set, changes what it is watched for, or takes it out. Level-triggered: {@link epoll_wait} tells
 * of it as long as it is ready, and not only once. EEXIST: it is in the set. ENOENT: it is not. See epoll_ctl(2).
 */
export function epoll_ctl(epoll: number, operation: number, fd: number, wanted = 0): void {
  one.writeUInt32LE(wanted, 0);
  one.writeInt32LE(fd, DATA_AT);
  checked('epoll_ctl', kernel.epoll_ctl(epoll, operation, fd, one));
}

/**
 * Sleeps until something in the set is ready, and returns what. `timeout`: milliseconds, rounded up; 0 only asks, -1 has no
 * limit. Returns nothing if the time is over, or if a signal came (EINTR). See epoll_wait(2).
 */
export function epoll_wait(epoll: number, timeout: number): Ready[] {
  const limit = Math.min(Math.ceil(timeout), 2 ** 31 - 1);
  let count: number;
  try {
    count = checked('epoll_wait', kernel.epoll_wait(epoll, events, MOST, limit));
  } catch (error) {
    if ((error as SystemError).code === 'EINTR') return [];
    throw error;
  }
  return Array.from({ length: count }, (_, index) => ({
    fd: events.readInt32LE(index * EVENT_SIZE + DATA_AT),
    events: events.readUInt32LE(index * EVENT_SIZE),
  }));
}

/**
 * The epoll instance of Node itself, in which it waits for its own sockets, pipes and signals. It is ready (EPOLLIN) when
 * Node has something to do, and stays so until Node has had its turn.
 */
export function nodeLoop(): number {
  return checked('uv_backend_fd', kernel.uvBackendFd(c.uvDefaultLoop()));
}

/** The turn that was asked for and has not come yet. */
let turn: Promise<void> | undefined;

/**
 * Lets Node have its turn: it looks after what is ready for it, calls whoever listens for that, and comes back here. To ask
 * again before it has come is to ask for the same one: who forgets to wait for it does not fill the memory.
 */
export function nodeTurn(): Promise<void> {
  turn ??= new Promise((resolve) =>
    setImmediate(() => {
      turn = undefined;
      resolve();
    }),
  );
  return turn;
}

// --- sockets ---

const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0x80000;
/** struct sockaddr_in: family (16 bits), port (16 bits, the high byte first), address (4 bytes), 8 bytes unused. */
const ADDRESS_SIZE = 16;

/** Makes a TCP socket over IPv4, not yet bound, and blocking. EMFILE. See socket(2). */
export function socket(): number {
  return checked('socket', kernel.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/** Sets an option of a socket that is a whole number. See setsockopt(2). */
export function setsockopt(fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  checked('setsockopt', kernel.setsockopt(fd, level, option, bytes, bytes.length));
}

/** Takes an address, `127.0.0.1` and a port, 0 for any. EADDRINUSE; EACCES; EINVAL: it is no IPv4 address. See bind(2). */
export function bind(fd: number, host: string, port: number): void {
  if (!isIPv4(host)) throw invalid('bind');
  const address = Buffer.alloc(ADDRESS_SIZE);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  Buffer.from(host.split('.').map(Number)).copy(address, 4);
  checked('bind', kernel.bind(fd, address, ADDRESS_SIZE));
}

/** From now on the kernel takes connections; up to `backlog` of them wait to be accepted. See listen(2). */
export function listen(fd: number, backlog: number): void {
  checked('listen', kernel.listen(fd, backlog));
}

/** The address of a socket, as the kernel has it. See getsockname(2). */
export function getsockname(fd: number): { host: string; port: number } {
  const address = Buffer.alloc(ADDRESS_SIZE);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(ADDRESS_SIZE);
  checked('getsockname', kernel.getsockname(fd, address, size));
  return { host: address.subarray(4, 8).join('.'), port: address.readUInt16BE(2) };
}

/**
 * Takes the next connection that waits, as a socket of its own; waits for one if there is none. `flags`: 0 makes it blocking,
 * {@link SOCK_NONBLOCK} not. EMFILE; ECONNABORTED: the client has gone again. See accept4(2).
 */
export function accept(fd: number, flags = 0): number {
  return checked('accept', kernel.accept4(fd, null, null, flags | SOCK_CLOEXEC));
}

/**
 * Takes up to `count` bytes that have come. None at all: the other side has ended (FIN). EAGAIN: nothing has come yet, and
 * the socket is not blocking. ECONNRESET: the connection is broken. See read(2).
 */
export function read(fd: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  return bytes.subarray(0, checked('read', c.read(fd, bytes, count)));
}

/**
 * Hands bytes to the kernel, and returns how many it took: as many as there is room for. EAGAIN: there is no room, and the
 * socket is not blocking. ECONNRESET, EPIPE: the connection is broken. See write(2).
 */
export function write(fd: number, bytes: Uint8Array): number {
  return checked('write', kernel.write(fd, bytes, bytes.length));
}

/** Closes a descriptor, and takes it out of every epoll set. Its number may be given out again at once. See close(2). */
export function close(fd: number): void {
  checked('close', c.close(fd));
}

function invalid(syscall: string): SystemError {
  const { EINVAL } = constants.errno;
  const error = new Error(`EINVAL: Invalid argument, ${syscall}`);
  return Object.assign(error, { code: 'EINVAL', errno: -EINVAL, syscall });
}
