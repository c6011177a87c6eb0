// The event loop: sleep until a descriptor is ready or a timer is due, call back whoever waits for that, and sleep again.
// Node's own loop, libuv, is made of the same three calls.
//
// The task: steps 3 to 6 of README.md beside this file.
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
import { todo } from '#todo';

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
  // TODO: step 3: put the descriptor into the `epoll` set, and keep its callback in `callbacks`.
  todo('step 3: watch a descriptor');
}

/** Done for you. Watches a descriptor for other events from now on; 0: for none but EPOLLERR and EPOLLHUP, which come unasked. */
export function change(fd: number, wanted: number): void {
  epoll_ctl(epoll, EPOLL_CTL_MOD, fd, wanted);
}

/** Watches a descriptor no longer. Before it is closed: its number may soon be somebody else's. */
export function forget(fd: number): void {
  // TODO: step 4: take the descriptor out of the set, and forget its callback.
  todo('step 4: watch a descriptor no longer');
}

/** Has `callback` called once, after `delay` milliseconds or a little later. */
export function later(delay: number, callback: () => void): void {
  // TODO: step 6: put a timer behind those in `timers`. performance.now() is the time in milliseconds.
  todo('step 6: set a timer');
}

/** Runs until {@link stop} is called. */
export async function run(): Promise<void> {
  // Done for you: while this loop sleeps, Node's own does not run, and nobody would hear of a signal. So Node's epoll instance
  // is one of the descriptors of this one.
  const node = nodeLoop();
  epoll_ctl(epoll, EPOLL_CTL_ADD, node, EPOLLIN);
  await nodeTurn(); // Node tells the kernel of its signals in its next turn, and not before
  // TODO: step 3: as long as `running` is true: wait with epoll_wait(), for untilNextTimer() milliseconds at most, and go
  //   through what is ready. For `node`, await nodeTurn(). For any other one, call its callback with its events, if it
  //   still has one. Call callDueTimers() after each round.
  todo('step 3: wait until something is ready, and call back');
}

export function stop(): void {
  running = false;
}

/** How long the loop may sleep, in milliseconds: -1, for ever, if no timer waits. */
function untilNextTimer(): number {
  // TODO: step 6: the time until the first timer is due, and 0 if it should have been called already.
  return -1;
}

function callDueTimers(): void {
  // TODO: step 6: take those out of `timers` that are due, and call each. The first one is due first.
}
