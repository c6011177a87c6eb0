// Small calls about processes: who am I, signals, pipes, sleep.
import { constants } from 'node:os';
import { c, checked } from './libc.ts';

/** Handlers of {@link signal}: the default of the signal, and nothing at all. */
export const SIG_DFL = 0;
export const SIG_IGN = 1;

/** The id of this process, asked of the kernel. See getpid(2). */
export function getpid(): number {
  return c.getpid();
}

/** The id of the parent; of its new parent once that one has ended. See getppid(2). */
export function getppid(): number {
  return c.getppid();
}

/** Sends a signal to a process. ESRCH: there is none. EPERM: it is somebody else's. Signal 0 only asks. See kill(2). */
export function kill(pid: number, signal: NodeJS.Signals | 0): void {
  checked('kill', c.kill(pid, signal === 0 ? 0 : constants.signals[signal]));
}

/**
 * Says what a signal does to this process: {@link SIG_DFL} or {@link SIG_IGN}. For a handler of your own there is
 * `process.on`. With SIGCHLD ignored, a child leaves no zombie and no status: waiting for it fails with ECHILD. See signal(2).
 */
export function signal(name: NodeJS.Signals, handler: typeof SIG_DFL | typeof SIG_IGN): void {
  checked('signal', c.signal(constants.signals[name], handler));
}

/** Makes a pipe: what is written to the second file descriptor can be read from the first. EMFILE. See pipe(2). */
export function pipe(): [readEnd: number, writeEnd: number] {
  const ends = [0, 0];
  checked('pipe', c.pipe(ends));
  return [ends[0] ?? 0, ends[1] ?? 0];
}

/** Begins a session of its own, without a terminal. EPERM: this process leads a group. Returns its id. See setsid(2). */
export function setsid(): number {
  return checked('setsid', c.setsid());
}

/** Does nothing for a time, in seconds; the whole program does nothing, no timer and no socket is served. See usleep(3). */
export function sleep(seconds: number): void {
  for (let left = Math.round(seconds * 1e6); left > 0; left -= 999_999)
    c.usleep(Math.min(left, 999_999));
}
