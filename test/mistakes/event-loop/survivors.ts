// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

const NO_ROOM =
  'A write that goes through as a whole nearly always leaves room for a byte more, and one that does not is followed by EPOLLOUT: no client can bring about an EAGAIN here.';

export const survivors: readonly Survivor[] = [
  {
    file: 'connection.ts',
    line: 'else if (delay === 0) send(bytes);',
    becomes: 'false',
    why: 'A timer of 0 ms is due in the same round. The answer is the same, at the price of two more calls of the kernel.',
  },
  {
    file: 'connection.ts',
    line: "if (!['ECONNRESET', 'EPIPE', 'ETIMEDOUT']",
    becomes: 'false',
    why: 'No other error comes as long as the rest of the program is right: a wrong one shall not go on in silence.',
  },
  {
    file: 'connection.ts',
    line: "if (!['ECONNRESET', 'EPIPE', 'ETIMEDOUT']",
    becomes: '""',
    now: `'EPIPE', ""]`,
    why: 'ETIMEDOUT comes after a quarter of an hour without an answer from the other machine.',
  },
  {
    file: 'connection.ts',
    line: "if (codeOf(error) === 'EAGAIN') return 0;",
    becomes: '""',
    why: NO_ROOM,
  },
  {
    file: 'connection.ts',
    line: "if (codeOf(error) === 'EAGAIN') return 0;",
    becomes: 'false',
    why: NO_ROOM,
  },
  {
    file: 'local.ts',
    line: '} finally {',
    becomes: '{}',
    now: '} finally {}',
    why: 'It is the probe that is not destroyed: if it has failed Node does that itself, and if not the program ends at once.',
  },
  {
    file: 'loop.ts',
    line: 'else callbacks.get(fd)?.(events);',
    why: 'A callback of this server forgets its own descriptor alone, and each descriptor comes once in a round: all the others have theirs.',
  },
  {
    file: 'loop.ts',
    line: 'for (let [next] = timers; next && next.due <= performance.now();',
    becomes: 'next.due < performance.now()',
    why: 'A difference if two readings of the clock are the same to the last digit, and then only of one more round.',
  },
];
