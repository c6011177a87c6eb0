// What the kernel keeps of a child that has ended: a status, and what it says.
//
// The task: step 2 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
import { constants } from 'node:os';
import { WEXITSTATUS, WIFSIGNALED, WTERMSIG } from '#posix';
import { todo } from '#todo';

/** `exit status 3`, or `killed by SIGKILL`: a child that was killed has no exit status at all. */
export function describeStatus(status: number): string {
  // TODO: step 2: the status says two things in one number. Take out what you need by the functions of #posix: was it a
  //   signal (WIFSIGNALED) and which one (WTERMSIG), or an exit status (WEXITSTATUS)? nameOf() makes a name of a signal.
  todo('step 2: say how a child has ended');
}

/** Done for you: 9 is `SIGKILL`. */
function nameOf(signal: number): string {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name ?? `signal ${signal}`;
}
