// A process as an object, as Python's multiprocessing has it: made, started, waited for, asked how it ended.
//
// start() calls fork(): the child is a copy of the whole program, and so any function will do as its target, a closure too.
// In the child everything ends with run(): it never goes on with what its parent does after start().
//
// The task: README.md beside this file. Check it at every save: npm run ex -- process-class --watch
import { setTimeout as pause } from 'node:timers/promises';
import { fork, kill } from '#posix';
import { todo } from '#todo';
import { liveAsChild, reap, remember } from './children.ts';

export interface ProcessOptions {
  /** What the child does. If it returns a promise, the child lives until that is settled. */
  readonly target?: (...args: never[]) => unknown;
  /** What the target is called with. */
  readonly args?: readonly unknown[];
  /** Default: `Process-1`, `Process-2`, …: every process that is made counts, with a name of its own or not. */
  readonly name?: string;
  /** True: it is ended when its parent ends. False (the default): its parent waits for it. */
  readonly daemon?: boolean;
}

/** How often join() looks, in milliseconds. It may be late by that much. */
const POLL = 10;

let made = 0;

export class Process {
  readonly name: string;
  readonly #target: ProcessOptions['target'];
  readonly #args: readonly unknown[];
  #daemon: boolean;
  #pid: number | undefined;
  #exitCode: number | undefined;

  constructor({ target, args = [], name, daemon = false }: ProcessOptions = {}) {
    this.name = nameOf(name);
    this.#target = target;
    this.#args = [...args]; // a copy: what the caller does to its list later is its own business
    this.#daemon = daemon;
  }

  /** The process id; undefined before start(). */
  get pid(): number | undefined {
    return this.#pid;
  }

  get daemon(): boolean {
    return this.#daemon;
  }

  /** Throws if the process has been started. */
  set daemon(daemon: boolean) {
    // TODO: step 6: throw an Error if the process was started: its child was counted as what it was then.
    this.#daemon = daemon;
  }

  /** Undefined until the process has ended; then its exit status, or -9 if signal 9 ended it. */
  get exitCode(): number | undefined {
    // TODO: step 2: if the process was started, and how it ended is not known yet, ask reap() in children.ts, and keep what it
    //   says in #exitCode. Once the exit code is known, do not ask again: the kernel tells it once only.
    todo('step 2: find out whether the process has ended, and how');
    return this.#exitCode;
  }

  isAlive(): boolean {
    // TODO: step 2: a process is alive if it was started and has no exit code.
    todo('step 2: say whether the process is running');
  }

  /** What the child does: calls the target. A subclass may do something else instead. */
  run(): unknown {
    const target = this.#target;
    const args = this.#args as never[]; // TypeScript cannot know what a target takes
    // TODO: step 1: call the target, if there is one: not with the list of arguments, but with what is in it, one by one.
    //   Return what the target returns.
    todo('step 1: call the target');
  }

  /** Starts the child. In the child this promise is never settled, so nothing that waits for it goes on. Throws if called twice. */
  async start(): Promise<void> {
    // TODO: step 1: throw an Error if the process was started already.
    // TODO: step 1: fork(). In the parent it returns the process id of the child: keep that in #pid, and remember() it.
    //   In the child it returns 0: there #pid is process.pid; await liveAsChild(this), which never comes back.
    todo('step 1: start the child');
  }

  /**
   * Waits until the process has ended, for `seconds` at most. It says nothing of which it was: ask isAlive(). Everything else
   * in the program goes on meanwhile. Throws if the process was not started.
   */
  async join(seconds = Infinity): Promise<void> {
    // TODO: step 2: throw an Error if the process was not started.
    // TODO: step 2: as long as the process is alive, pause() for POLL milliseconds, and look again.
    // TODO: step 4: come back as soon as `seconds` are over, whether the process has ended or not. performance.now() is a
    //   clock in milliseconds.
    todo('step 2: wait until the process has ended');
  }

  /** Done for you: asks the process to end (SIGTERM). Nothing happens if it is not running. */
  terminate(): void {
    this.#send('SIGTERM');
  }

  /** Ends the process (SIGKILL). Nothing happens if it is not running. */
  kill(): void {
    // TODO: step 3: send SIGKILL.
    todo('step 3: end the process');
  }

  /** isAlive() first: once a child is reaped, its number may belong to somebody else. */
  #send(signal: NodeJS.Signals): void {
    // TODO: step 3: kill() of #posix sends a signal to a process id. Send it only if the process was started and is alive.
    todo('step 3: send the signal');
  }
}

/** The name of a new process. One that has a name already counts as well. */
function nameOf(given: string | undefined): string {
  // TODO: step 1: count this process in `made`, and return its own name if it was given one, or else Process-<number>.
  todo('step 1: name the process');
}
