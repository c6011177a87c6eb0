// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'client.ts',
    line: 'id = (id + 1) % 2 ** 32;',
    becomes: 'id - 1',
    why: 'Each question has a new id, whichever way one counts; below 0 comes only who has begun, by chance, with one of the very first of four billion ids.',
  },
  {
    file: 'client.ts',
    line: 'socket.send(question, port, address, (error) => {',
    becomes: '{}',
    why: 'What could not be sent is not answered either: the client says so when its tries are used up, and the contract asks for no more.',
  },
  {
    file: 'client.ts',
    line: 'cannot send',
    becomes: 'false',
    why: 'What could not be sent is not answered either: the client says so when its tries are used up, and the contract asks for no more.',
  },
  {
    file: 'client.ts',
    line: 'cannot send',
    becomes: '``',
    why: 'The words for what could not be sent are free.',
  },
  {
    file: 'client.ts',
    line: '} catch (error) {',
    becomes: '{}',
    why: 'The loop throws nothing but the AbortError: a socket that is not connected has no error once it is open.',
  },
  {
    file: 'client.ts',
    line: "if ((error as Error).name !== 'AbortError') throw error;",
    becomes: 'false',
    why: 'The loop throws nothing but the AbortError: a socket that is not connected has no error once it is open.',
  },
  {
    file: 'server.ts',
    line: 'if (port === 0) return;',
    becomes: 'false',
    why: 'Only a raw socket, for which one must be root, can send from port 0, so no check can.',
  },
  {
    file: 'server.ts',
    line: 'socket.send(datagram, port, address, (error) => {',
    becomes: '{}',
    why: 'On loopback every answer can leave, so no check can make one fail; README tells the reader so.',
  },
  {
    file: 'server.ts',
    line: 'cannot answer',
    becomes: 'false',
    why: 'On loopback every answer can leave, so no check can make one fail; README tells the reader so.',
  },
  {
    file: 'server.ts',
    line: 'cannot answer',
    becomes: '``',
    why: 'On loopback every answer can leave, so no check can make one fail; README tells the reader so.',
  },
];
