// Keeps what fork() returns, in the child, too.
import { setTimeout as pause } from 'node:timers/promises';
import { fork, kill } from '#posix';
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
    if (this.#pid !== undefined) throw new Error('daemon must be set before start()');
    this.#daemon = daemon;
  }

  /** Undefined until the process has ended; then its exit status, or -9 if signal 9 ended it. */
  get exitCode(): number | undefined {
    if (this.#pid !== undefined) this.#exitCode ??= reap(this.#pid);
    return this.#exitCode;
  }

  isAlive(): boolean {
    return this.#pid !== undefined && this.exitCode === undefined;
  }

  /** What the child does: calls the target. A subclass may do something else instead. */
  run(): unknown {
    const target = this.#target;
    const args = this.#args as never[]; // TypeScript cannot know what a target takes
    return target?.(...args);
  }

  /** Starts the child. In the child this promise is never settled, so nothing that waits for it goes on. Throws if called twice. */
  async start(): Promise<void> {
    if (this.#pid !== undefined) throw new Error('a process cannot be started twice');
    const pid = fork();
    if (pid === 0) {
      this.#pid = pid;
      await liveAsChild(this);
    }
    this.#pid = pid;
    remember(pid, this.#daemon);
  }

  /**
   * Waits until the process has ended, for `seconds` at most. It says nothing of which it was: ask isAlive(). Everything else
   * in the program goes on meanwhile. Throws if the process was not started.
   */
  async join(seconds = Infinity): Promise<void> {
    if (this.#pid === undefined) throw new Error('only a process that was started can be joined');
    const until = performance.now() + seconds * 1000;
    while (this.isAlive() && performance.now() < until) await pause(POLL);
  }

  /** Asks the process to end (SIGTERM). Nothing happens if it is not running. */
  terminate(): void {
    this.#send('SIGTERM');
  }

  /** Ends the process (SIGKILL). Nothing happens if it is not running. */
  kill(): void {
    this.#send('SIGKILL');
  }

  /** isAlive() first: once a child is reaped, its number may belong to somebody else. */
  #send(signal: NodeJS.Signals): void {
    if (this.#pid !== undefined && this.isAlive()) kill(this.#pid, signal);
  }
}

/** The name of a new process. One that has a name already counts as well. */
function nameOf(given: string | undefined): string {
  made += 1;
  return given ?? `Process-${made}`;
}
