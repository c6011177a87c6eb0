// What the parent does: it waits for its children without standing still, tells of those that die, and ends them all.
import { constants } from 'node:os';
import { kill, waitpid, WEXITSTATUS, WIFEXITED, WNOHANG, WTERMSIG } from '#posix';

/** The children that were not reaped yet: process id → port. */
export type Children = Map<number, number>;

/** The exit status by which a child says: I cannot have my port, and the user knows why. EX_UNAVAILABLE in sysexits(3). */
export const CANNOT_LISTEN = 69;

/** The status that this program ends with, from the moment on at which it is to end. */
let ending: number | undefined;

/** Looks after the children until the last one has ended; then the program ends. */
export function lookAfter(children: Children): void {
  process.on('SIGCHLD', () => reap(children)); // the kernel's word for: a child has ended
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(children, 0));
  setInterval(() => {}, 2 ** 30); // a listener for signals does not keep Node alive
  reap(children); // one that ended before anybody listened
}

/** Takes the status of each child that has ended, and never waits for one that runs. */
function reap(children: Children): void {
  // A loop: when two children end at once, it may be told only once.
  while (children.size > 0) {
    const [pid, status] = waitpid(-1, WNOHANG);
    if (pid === 0) return; // the others run
    const port = children.get(pid);
    children.delete(pid); // the kernel may give this number to a stranger now
    if (WIFEXITED(status) && WEXITSTATUS(status) === CANNOT_LISTEN) end(children, 1);
    else if (ending === undefined)
      console.log(`server: port ${port}, process ${pid}: ${how(status)}`);
  }
  process.exit(ending ?? 1);
}

/** Ends all children. The program ends with `status` once the last one is reaped. */
function end(children: Children, status: number): void {
  ending ??= status;
  // Ctrl+C in a terminal reaches the children too; a kill of the parent does not.
  for (const pid of children.keys()) kill(pid, 'SIGTERM');
}

/** How a child has ended, in words: `ended with status 1`, `killed by SIGKILL`. */
function how(status: number): string {
  if (WIFEXITED(status)) return `ended with status ${WEXITSTATUS(status)}`;
  const names = Object.entries(constants.signals);
  const [name] = names.find(([, number]) => number === WTERMSIG(status)) ?? [];
  return `killed by ${name ?? `signal ${WTERMSIG(status)}`}`;
}
