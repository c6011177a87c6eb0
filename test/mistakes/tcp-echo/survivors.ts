// Changes to the solution that no check finds, each with the reason why it makes no difference.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'client.ts',
    line: 'pipeline(socket, process.stdout, { end: false })',
    why: 'pipeline() never ends stdout or stderr of the process, whatever the option says.',
  },
  {
    file: 'client.ts',
    line: "const { code = '' }",
    why: 'An error without a code is not in the list, under either name.',
  },
  {
    file: 'client.ts',
    line: 'if (!reason) throw error;',
    becomes: 'false',
    why: 'An error that is not in the list ends the client with status 1 all the same; the contract leaves its words free.',
  },
  {
    file: 'server.ts',
    line: '} catch (error) {',
    why: 'What is thrown again is no broken connection, and no client can bring that about.',
  },
  {
    file: 'server.ts',
    line: 'if (!isBrokenConnection(error)) throw error;',
    becomes: 'false',
    why: 'What is thrown again is no broken connection, and no client can bring that about.',
  },
  {
    file: 'server.ts',
    line: "const { code = '' }",
    why: 'An error without a code is not in the list, under either name.',
  },
  {
    file: 'server.ts',
    line: "return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']",
    now: `['ECONNRESET', "", 'ETIMEDOUT'`,
    why: 'Whether it says EPIPE or ECONNRESET is up to the kernel, and no client can choose.',
  },
  {
    file: 'server.ts',
    line: "return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']",
    now: `'EPIPE', "", 'ERR_STREAM_PREMATURE_CLOSE'`,
    why: 'ETIMEDOUT takes a network that is silent for minutes.',
  },
  {
    file: 'server.ts',
    line: '} finally {',
    why: 'To destroy a client that is gone does nothing. Its object is kept, 10 KiB for each: only thousands of clients would tell that from what Node itself has not cleared away yet.',
  },
];
