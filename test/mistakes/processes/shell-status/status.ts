// What the kernel keeps of a child that has ended: a status, and what it says.
import { WEXITSTATUS, WIFSIGNALED, WTERMSIG } from '#posix';

/** `exit status 3`, or `killed by SIGKILL`: a child that was killed has no exit status at all. */
export function describeStatus(status: number): string {
  if (WIFSIGNALED(status)) return `exit status ${128 + WTERMSIG(status)}`;
  return `exit status ${WEXITSTATUS(status)}`;
}
