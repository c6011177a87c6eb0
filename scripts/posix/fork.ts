// fork(2) in a running Node: what has to be put right before it in the parent, and after it in the child.
//
// fork() copies a process as it is: its memory, its open files, and the one thread that calls it. It knows nothing of the
// runtime inside. Four things stand in the way, and are dealt with here:
//
//   1. The helper threads. A child has none of its parent's other threads: whoever waits for one waits for ever. With
//      --single-threaded and --v8-pool-size=0, V8 does all its work, garbage collection too, in the thread that runs the
//      program; node must have been started with both.
//   2. The memory of V8. It is marked MADV_DONTFORK, and would be missing in the child. The mark is taken off first.
//   3. The event loop. Parent and child would wait on one and the same epoll instance; uv_loop_fork() gives the child its
//      own, for the same timers, sockets and files.
//   4. The way out. When node ends it waits for threads that are gone. In the child every way out leads to _exit(2).
import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { FORK_FLAGS } from './flags.ts';
import { c, checked } from './libc.ts';
import { tell } from './witness.ts';

/**
 * Creates a child process: a copy of the calling one. It returns twice, in the parent with the process id of the child, in
 * the child with 0, and both go on from here. Memory is copied, not shared. Open files and sockets are shared, with their
 * positions. The child has the thread that called, and no other: worker threads stay with the parent.
 *
 * EAGAIN: a limit on the number of processes was reached. ENOMEM: there is not enough memory. See fork(2).
 */
export function fork(): number {
  mustBePossible();
  makeRoom();
  letOthersSleep();
  const pid = checked('fork', forkWhole());
  if (pid === 0) becomeChild();
  else tell('forked', pid);
  return pid;
}

/** Ends the process at once, with `status` from 0 to 255. No `'exit'` listener runs, no `finally`. See _exit(2). */
export function _exit(status: number): never {
  c.exit(status & 0xff);
  throw new Error('_exit() has returned');
}

function mustBePossible(): void {
  if (!isMainThread) throw new Error('fork() copies one thread only: call it in the main thread');
  const missing = FORK_FLAGS.filter((flag) => !process.execArgv.includes(flag));
  if (missing.length > 0) {
    throw new Error(
      `fork() needs node to be started with ${FORK_FLAGS.join(' ')}; npm run ex -- <lesson> does it`,
    );
  }
}

// --- before: the other threads, and the memory ---

/**
 * Waits until all other threads of this process sleep. A thread that is working may hold a lock; the child would have the
 * lock, and not the thread that could ever open it. A thread that waits for work holds none.
 */
function letOthersSleep(): void {
  while (readdirSync('/proc/self/task').some((thread) => isWorking(thread))) c.usleep(100);
}

/** True if a thread, not this one, runs or could run: see the state in proc_pid_stat(5). */
function isWorking(thread: string): boolean {
  if (thread === String(process.pid)) return false; // the main thread has the number of its process
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1');
  return stat[stat.lastIndexOf(')') + 2] !== 'S';
}

const O_RDONLY = 0;
const MADV_DOFORK = 11;
/** Room for what the kernel tells. Made once: memory that is made while the list is read would be missing in the list. */
const list = Buffer.alloc(256 * 1024);
const figures = Buffer.alloc(256);

/**
 * Makes all memory copyable, and forks. V8 may ask the kernel for more in the meantime, and the child would die of the
 * first touch of it: so it is done again until the process is no larger, see proc_pid_statm(5), than it was before.
 *
 * From that last look to the fork not one object may be made. It can be the first of a new page: Node 26 asks for memory
 * page by page, as the room for new objects fills. So there is no function of ours in between, which V8 might want to
 * compile, and no list to be read and compared.
 */
function forkWhole(): number {
  const statm = checked('open', c.open('/proc/self/statm', O_RDONLY));
  let size: number;
  do {
    c.pread(statm, figures, figures.length, 0);
    size = c.atol(figures); // the first number in it: all the memory, in pages
    makeCopyable();
    c.pread(statm, figures, figures.length, 0);
  } while (c.atol(figures) !== size);
  const pid = c.fork();
  c.close(statm);
  return pid;
}

/** Takes MADV_DONTFORK off all memory of this process, see madvise(2). */
function makeCopyable(): void {
  const length = readMaps();
  for (let at = 0; at < length; at = adviseLine(at));
}

/** How much memory V8 must have at hand, in bytes: far more than what is made from here to the fork. */
const ROOM = 512 * 1024;

/**
 * V8 asks the kernel for memory when it collects garbage, and it does that when its room for new objects is full. If there
 * is little left, it is filled now, so that it does not happen between the last look at the memory and the fork.
 */
function makeRoom(): void {
  for (let junk: unknown[] = []; roomForNewObjects() < ROOM; junk = [junk.length]) {
    for (let size = 0; size < 1_000; size += 1) junk.push({ size });
  }
}

function roomForNewObjects(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space?.space_available_size ?? 0;
}

/** Reads /proc/self/maps, see proc_pid_maps(5), by plain calls: node's own would make promises, buffers and strings. */
function readMaps(): number {
  const file = checked('open', c.open('/proc/self/maps', O_RDONLY));
  let length = 0;
  for (let count = 1; count > 0; length += count) {
    if (length === list.length) throw new Error('this process has more memory areas than expected');
    // The kernel hands out whole lines, a page at a time.
    count = checked('read', c.read(file, list.subarray(length), list.length - length));
  }
  checked('close', c.close(file));
  return length;
}

/** One line, `7f1c8e000000-7f1c8e021000 rw-p …`. Returns where the next one begins. */
function adviseLine(at: number): number {
  const dash = list.indexOf('-', at);
  const space = list.indexOf(' ', dash);
  const begin = hexadecimal(at, dash);
  // An area that belongs to the kernel says EINVAL, and is copied anyway.
  c.madvise(begin, hexadecimal(dash + 1, space) - begin, MADV_DOFORK);
  return list.indexOf('\n', space) + 1;
}

/** Below 2^47 in any user's process, and so exact in a number. */
function hexadecimal(from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const sign = list[at] as number;
    value = value * 16 + (sign < 0x3a ? sign - 0x30 : sign - 0x57);
  }
  return value;
}

// --- after: the child ---

const loop = c.uvDefaultLoop();
let isChild = false;

function becomeChild(): void {
  if (c.uvLoopFork(loop) !== 0) _exit(70); // EX_SOFTWARE, see sysexits(3): without an event loop it can say no more
  Object.defineProperty(process, 'pid', {
    value: c.getpid(),
    enumerable: true,
    configurable: true,
  });
  if (isChild) return; // a child's child: it has its parent's timer, and its exits lead the right way already
  isChild = true;
  leadExits();
  endWithLoop(0);
}

/**
 * The end of the program. When the event loop has nothing left to wait for, node waits until its helper threads have
 * finished their tasks, for ever if those threads are gone. So it must not come to that: a timer keeps the loop going, and
 * looks (after `wait` milliseconds, 0 to 16) whether anything else does; if not, the program ends here.
 */
function endWithLoop(wait: number): void {
  setTimeout(() => {
    if (!isAlive()) process.emit('beforeExit', Number(process.exitCode ?? 0)); // somebody may begin something new
    if (!isAlive()) process.exit();
    endWithLoop(Math.min(Math.max(2 * wait, 1), 16));
  }, wait);
}

/**
 * True if something else keeps the event loop going. Asked in a timer that has just fired: libuv knows of all but Node's
 * timers, which share one of its own, and Node knows those, this one among them.
 */
function isAlive(): boolean {
  const timers = process.getActiveResourcesInfo().filter((type) => type === 'Timeout');
  return c.uvLoopAlive(loop) !== 0 || timers.length > 1;
}

/** In a child process.exit(), and an error that nobody catches, lead to _exit(2), too. A signal needs no help. */
function leadExits(): void {
  Object.assign(process, { reallyExit: (status?: number) => _exit(status ?? 0) });
  const emit = process.emit.bind(process) as (event: string, ...args: unknown[]) => boolean;
  let uncaught: { readonly error: unknown } | undefined;
  process.emit = ((event: string, ...args: unknown[]): boolean => {
    if (event === 'exit') return exit(Number(args[0]));
    const heard = emit(event, ...args);
    // Node tells of an error in this order: to those who watch, to those who may catch it, and then that it exits.
    if (event === 'uncaughtExceptionMonitor') uncaught = { error: args[0] };
    if (event === 'uncaughtException' && heard) uncaught = undefined;
    return heard;
  }) as typeof process.emit;

  function exit(status: number): never {
    let failed = 0;
    try {
      emit('exit', status);
    } catch (error) {
      uncaught = { error };
      failed = 1;
    }
    if (uncaught) printUncaught(uncaught.error); // node would do it after this event
    return _exit(Number(process.exitCode ?? status) || failed);
  }
}

/** As node prints it, but for the line of the source. */
function printUncaught(error: unknown): void {
  const text = error instanceof Error ? inspect(error) : `Uncaught ${inspect(error)}`;
  process.stderr.write(`${text}\n\nNode.js ${process.version}\n`);
}
