// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'server.ts',
    line: 'if (error instanceof RangeError) console.error(',
    becomes: 'true',
    why: 'Besides a RangeError only a connection that broke comes here. Whether a RST gets a line on stderr is left open.',
  },
  {
    file: 'server.ts',
    line: 'else if (!isBrokenConnection(error)) throw error;',
    becomes: 'false',
    why: 'Nothing else comes here: what neither a client nor its connection has done would be a fault in this program.',
  },
];
