// The two ends of a child: what happens in it, and what its parent keeps of it until it is reaped.
//
// The task: steps 1, 2, 3, 5 and 6 of README.md beside this file.
import { kill, waitpid, WEXITSTATUS, WIFSIGNALED, WNOHANG, WTERMSIG } from '#posix';
import { todo } from '#todo';

/** For each process id, whether it is a daemon. */
const children = new Map<number, { readonly daemon: boolean }>();

process.on('exit', endChildren);

/** Done for you: from now on this child is ended or waited for when this process ends. */
export function remember(pid: number, daemon: boolean): void {
  children.set(pid, { daemon });
}

/**
 * Looks whether a child has ended, without waiting. Returns undefined if not. If it has, it is reaped and its exit code
 * returned: the kernel tells it once only.
 */
export function reap(pid: number): number | undefined {
  // TODO: step 2: ask waitpid() for this child, with WNOHANG. It returns `[found, status]`; `found` is 0 if the child is
  //   still running. If it has ended, delete() it from the children, and return exitCodeOf(status).
  todo('step 2: ask the kernel whether the child has ended');
}

/**
 * All that happens in a child: run(), and the end. It never returns, and its promise is never settled, so nobody in the child
 * goes on with what its parent does.
 */
export async function liveAsChild(self: { readonly name: string; run(): unknown }): Promise<never> {
  forgetParent();
  // TODO: step 1: run(), then process.exit(): without a number it takes the status that the target may have set.
  // TODO: step 3: an error that leaves run(): print all of it on stderr, with the name of the process before it, and make the
  //   exit code 1. It must not leave this function: in the child nobody may go on with it.
  // TODO: step 5: if run() returns a promise, wait until that is settled, inside the same try.
  todo('step 1: do the work of the child, and end');
}

/** A child has a copy of all that its parent had, and some of that is none of its business. */
function forgetParent(): void {
  // TODO: step 6: clear() the children: these are its brothers and sisters, and none of them is its own.
  // TODO: step 6: remove the listeners for 'exit' that its parent had. Then listen again with endChildren(): it may have
  //   children of its own. And process.exitCode is 0, whatever it was in the parent.
}

/** The exit status, or the number of the signal with a minus. */
function exitCodeOf(status: number): number {
  // TODO: step 3: if a signal ended the child (WIFSIGNALED), the number of the signal (WTERMSIG) with a minus before it.
  //   If not, its exit status (WEXITSTATUS). Until then every child seems to end with 0.
  return 0;
}

/**
 * Daemons are ended, the others are waited for. Nothing else is left to do in this process, so waitpid() may block. A signal
 * that ends this process brings no 'exit': then its children are on their own.
 */
function endChildren(): void {
  // TODO: step 6: send SIGTERM to each child that is a daemon. Then wait for all children, with waitpid(pid).
}
