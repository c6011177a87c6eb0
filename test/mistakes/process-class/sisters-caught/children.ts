// The two ends of a child: what happens in it, and what its parent keeps of it until it is reaped.
import { kill, waitpid, WEXITSTATUS, WIFSIGNALED, WNOHANG, WTERMSIG } from '#posix';

/** For each process id, whether it is a daemon. */
const children = new Map<number, { readonly daemon: boolean }>();

process.on('exit', endChildren);

/** From now on this child is ended or waited for when this process ends. */
export function remember(pid: number, daemon: boolean): void {
  children.set(pid, { daemon });
}

/**
 * Looks whether a child has ended, without waiting. Returns undefined if not. If it has, it is reaped and its exit code
 * returned: the kernel tells it once only.
 */
export function reap(pid: number): number | undefined {
  const [found, status] = waitpid(pid, WNOHANG);
  if (found === 0) return undefined;
  children.delete(pid);
  return exitCodeOf(status);
}

/**
 * All that happens in a child: run(), and the end. It never returns, and its promise is never settled, so nobody in the child
 * goes on with what its parent does.
 */
export async function liveAsChild(self: { readonly name: string; run(): unknown }): Promise<never> {
  forgetParent();
  try {
    await self.run();
  } catch (error) {
    console.error(`${self.name}:`, error);
    process.exitCode = 1;
  }
  process.exit();
}

/** A child has a copy of all that its parent had, and some of that is none of its business. */
function forgetParent(): void {
  process.removeAllListeners('exit');
  process.on('exit', endChildren); // it may have children of its own
  process.exitCode = 0;
}

/** The exit status, or the number of the signal with a minus. */
function exitCodeOf(status: number): number {
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/**
 * Daemons are ended, the others are waited for. Nothing else is left to do in this process, so waitpid() may block. A signal
 * that ends this process brings no 'exit': then its children are on their own.
 */
function endChildren(): void {
  // One that has ended, and was not reaped, keeps its number: this reaches nobody else.
  for (const [pid, { daemon }] of children) if (daemon) ignoringErrors(() => kill(pid, 'SIGTERM'));
  for (const pid of children.keys()) ignoringErrors(() => waitpid(pid));
}

function ignoringErrors(action: () => unknown): void {
  try {
    action();
  } catch {
    // It is gone already.
  }
}
