// What the parent does: it waits for its children without standing still, tells of those that die, and ends them all.
//
// The task: steps 2 to 4 of README.md beside this file.
import { constants } from 'node:os';
import { kill, waitpid, WEXITSTATUS, WIFEXITED, WNOHANG, WTERMSIG } from '#posix';
import { todo } from '#todo';

/** The children that were not reaped yet: process id → port. */
export type Children = Map<number, number>;

/** The exit status by which a child says: I cannot have my port, and the user knows why. EX_UNAVAILABLE in sysexits(3). */
export const CANNOT_LISTEN = 69;

/** The status that this program ends with, from the moment on at which it is to end. Of use from step 3 on. */
let ending: number | undefined;

/** Looks after the children until the last one has ended; then the program ends. */
export function lookAfter(children: Children): void {
  process.on('SIGCHLD', () => reap(children)); // the kernel's word for: a child has ended
  setInterval(() => {}, 2 ** 30); // a listener for signals does not keep Node alive
  // TODO: step 2: a child may have ended before anybody listened: call reap() once.
  // TODO: step 3: listen for SIGINT and SIGTERM in the same way, and call end() with status 0: it was told to end, and does.
  //   Ctrl+C may come twice.
}

/** Takes the status of each child that has ended, and never waits for one that runs. */
function reap(children: Children): void {
  // TODO: step 2: ask waitpid() for any child that has ended, with WNOHANG, as long as there are children. It returns
  //   [pid, status]; pid is 0 if those that are left still run. A child that has ended is no longer one of the children.
  // TODO: step 2: print one line on stderr for it: `server: port <port>, process <pid>: ` and how(status).
  // TODO: step 2: when no child is left: process.exit() with status 1. Nobody has asked for this.
  // TODO: step 3: not a word of children that were told to end, and exit with the status that end() has set.
  // TODO: step 4: a child that ended with CANNOT_LISTEN has told the user already. Call end(), with status 1, instead.
  todo('step 2: reap the children that have ended');
}

/** Ends all children. The program ends with `status` once the last one is reaped. */
function end(children: Children, status: number): void {
  // TODO: step 3: keep the status in `ending`, unless there is one. Send SIGTERM to each child; reap() does the rest.
  todo('step 3: end the children');
}

/** Done for you: how a child has ended, in words. A status is two things in one number; these functions take it apart. */
function how(status: number): string {
  if (WIFEXITED(status)) return `ended with status ${WEXITSTATUS(status)}`;
  const names = Object.entries(constants.signals);
  const [name] = names.find(([, number]) => number === WTERMSIG(status)) ?? [];
  return `killed by ${name ?? `signal ${WTERMSIG(status)}`}`;
}
