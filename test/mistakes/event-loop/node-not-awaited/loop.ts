// The event loop: sleep until a descriptor is ready or a timer is due, call back whoever waits for that, and sleep again.
// Node's own loop, libuv, is made of the same three calls.
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLIN,
  epoll_create1,
  epoll_ctl,
  epoll_wait,
  nodeLoop,
  nodeTurn,
} from '#posix/epoll';

/** Gets what has come: the `EPOLL…` that hold, added up. It must not block: everybody else waits until it returns. */
export type Callback = (events: number) => void;

const epoll = epoll_create1();
const callbacks = new Map<number, Callback>();
/**
 * The next one first. Every delay of this server is the same, so whichever was set first is due first. Where they differ, a
 * heap keeps the order: libuv has one.
 */
const timers: { readonly due: number; readonly callback: () => void }[] = [];
let running = true;

/** Has `callback` called whenever one of the events `wanted` holds for the descriptor, again and again as long as it does. */
export function watch(fd: number, wanted: number, callback: Callback): void {
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, wanted);
  callbacks.set(fd, callback);
}

/** Watches a descriptor for other events from now on; 0: for none but EPOLLERR and EPOLLHUP, which come unasked. */
export function change(fd: number, wanted: number): void {
  epoll_ctl(epoll, EPOLL_CTL_MOD, fd, wanted);
}

/** Watches a descriptor no longer. Before it is closed: its number may soon be somebody else's. */
export function forget(fd: number): void {
  epoll_ctl(epoll, EPOLL_CTL_DEL, fd);
  callbacks.delete(fd);
}

/** Has `callback` called once, after `delay` milliseconds or a little later. */
export function later(delay: number, callback: () => void): void {
  timers.push({ due: performance.now() + delay, callback });
}

/** Runs until {@link stop} is called. */
export async function run(): Promise<void> {
  // While this loop sleeps, Node's own does not run. So Node's epoll instance is one of the descriptors of this one.
  const node = nodeLoop();
  epoll_ctl(epoll, EPOLL_CTL_ADD, node, EPOLLIN);
  await nodeTurn(); // Node tells the kernel of its signals in its next turn, and not before
  while (running) {
    for (const { fd, events } of epoll_wait(epoll, untilNextTimer())) {
      if (fd === node) void nodeTurn();
      // One that was forgotten by a callback before it has none any more.
      else callbacks.get(fd)?.(events);
    }
    callDueTimers();
  }
}

export function stop(): void {
  running = false;
}

/** How long the loop may sleep, in milliseconds: -1, for ever, if no timer waits. */
function untilNextTimer(): number {
  const [next] = timers;
  return next ? Math.max(0, next.due - performance.now()) : -1;
}

function callDueTimers(): void {
  for (let [next] = timers; next && next.due <= performance.now(); [next] = timers) {
    timers.shift();
    next.callback();
  }
}
