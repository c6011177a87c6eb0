// Waiting for children, and what the status says that the kernel keeps of them.
import { c, checked } from './libc.ts';
import { tell } from './witness.ts';

/** Option of {@link waitpid}: do not wait. */
export const WNOHANG = 1;

/**
 * Waits until any child has ended, and reaps it: the same as `waitpid(-1, 0)`. Returns `[pid, status]`.
 *
 * The whole program waits: no timer and no socket is served meanwhile. ECHILD: there is no child. See wait(2).
 */
export function wait(): [pid: number, status: number] {
  return waitFor('wait', -1, 0);
}

/**
 * Waits until a child has ended, and reaps it. `pid`: that child; -1: any. With {@link WNOHANG} it does not wait, and
 * returns `[0, 0]` if the child is still running. Returns `[pid, status]`.
 *
 * ECHILD: there is no such child, or it was reaped before, or SIGCHLD is ignored. EINVAL: no such option. See waitpid(2).
 */
export function waitpid(pid: number, options = 0): [pid: number, status: number] {
  return waitFor('waitpid', pid, options);
}

function waitFor(syscall: string, pid: number, options: number): [number, number] {
  const result = [0];
  const found = checked(syscall, c.waitpid(pid, result, options));
  const [status = 0] = result;
  if (found > 0) tell('reaped', found, status);
  return [found, status];
}

// A status is 16 bits: the low 7 say which signal ended the child, 0 if none did; the high 8 are its exit status. The
// names are those of the macros in wait(2).

/** True if the child ended by itself: by exit, or by the end of its program. */
export function WIFEXITED(status: number): boolean {
  return WTERMSIG(status) === 0;
}

/** The exit status, 0 to 255, of a child that ended by itself. */
export function WEXITSTATUS(status: number): number {
  return (status >> 8) & 0xff;
}

/** True if a signal ended the child. */
export function WIFSIGNALED(status: number): boolean {
  return WTERMSIG(status) !== 0 && WTERMSIG(status) !== 0x7f;
}

/** The number of the signal that ended the child. */
export function WTERMSIG(status: number): number {
  return status & 0x7f;
}
