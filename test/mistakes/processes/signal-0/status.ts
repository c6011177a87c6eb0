// What the kernel keeps of a child that has ended: a status, and what it says.
import { constants } from 'node:os';
import { WEXITSTATUS, WTERMSIG } from '#posix';

/** `exit status 3`, or `killed by SIGKILL`: a child that was killed has no exit status at all. */
export function describeStatus(status: number): string {
  if (WEXITSTATUS(status)) return `exit status ${WEXITSTATUS(status)}`;
  return `killed by ${nameOf(WTERMSIG(status))}`;
}

/** 9 is `SIGKILL`. */
function nameOf(signal: number): string {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name ?? `signal ${signal}`;
}
