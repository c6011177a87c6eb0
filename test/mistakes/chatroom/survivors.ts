// Changes to the solution that no check finds, each with the reason why it makes no difference that a check could see.
import type { Survivor } from '../mistake.ts';

export const survivors: readonly Survivor[] = [
  {
    file: 'client.ts',
    line: "throw trouble('EREFUSED'",
    now: 'trouble("",',
    why: 'The line must begin with `client: `; what it says after that is free, and the code of the error is not in it.',
  },
  {
    file: 'client.ts',
    line: "throw trouble('EREFUSED'",
    now: 'slice("".length)',
    why: 'The line must begin with `client: `; what it says after that is free.',
  },
  {
    file: 'client.ts',
    line: "throw trouble('EREFUSED'",
    becomes: '``',
    why: 'The line must begin with `client: `; what it says after that is free.',
  },
  {
    file: 'client.ts',
    line: "throw trouble('EREFUSED'",
    becomes: 'answer',
    why: 'The line must begin with `client: `; what it says after that is free.',
  },
  {
    file: 'client.ts',
    line: "once(socket, 'close'),",
    becomes: '""',
    why: 'The event it names never comes. once() rejects at the first error, whatever it waits for, and that is what the line is there for.',
  },
  {
    file: 'client.ts',
    line: 'if (sender.connected) sender.disconnect();',
    becomes: 'false',
    why: 'The same is done at the end of the program. Until then only a line typed between Ctrl+C and EXIT would still be sent, and the server would refuse it.',
  },
  {
    file: 'client.ts',
    line: '} catch (error) {',
    becomes: '{}',
    why: 'Where nobody is, each try fails at once and the client gives up after the third: the same one line with other words, and status 1.',
  },
  {
    file: 'client.ts',
    line: "!== 'AbortError') throw error;",
    becomes: 'false',
    why: 'Where nobody is, each try fails at once and the client gives up after the third: the same one line with other words, and status 1.',
  },
  {
    file: 'protocol.ts',
    line: 'if (name === undefined) return undefined;',
    becomes: 'false',
    why: 'Whatever the expression matches has a name: the line is there for the types.',
  },
  {
    file: 'sender.ts',
    line: "process.on('SIGINT', () => {});",
    becomes: '""',
    why: 'If Ctrl+C ends the child as well, its parent sees that by the channel, and says Q as it does on Ctrl+C.',
  },
  {
    file: 'sender.ts',
    line: 'if (!process.connected) process.exit();',
    becomes: 'false',
    why: 'It matters only if the parent ends in the few milliseconds in which the child is starting, and no check can aim at them.',
  },
  {
    file: 'sender.ts',
    line: "if (line.trim() === 'quit') break;",
    becomes: 'line',
    why: 'The contract speaks of the line `quit`: whether one with spaces around it counts as well is free.',
  },
  {
    file: 'sender.ts',
    line: 'if (Buffer.byteLength(request) <= LONGEST_DATAGRAM) await hand(request);',
    becomes: 'true',
    why: 'What becomes of a line that no datagram can hold, the contract leaves open.',
  },
  {
    file: 'sender.ts',
    line: 'else console.error(',
    becomes: '""',
    why: 'What becomes of a line that no datagram can hold, the contract leaves open, and so the words about it.',
  },
  {
    file: 'sender.ts',
    line: 'process.send?.(request, undefined, undefined, () => resolve())',
    becomes: 'process.send(request, undefined, undefined, () => resolve())',
    why: 'A child of fork() has this function: the question mark is there for the types.',
  },
  {
    file: 'server.ts',
    line: "admin.off('message', announce);",
    becomes: '""',
    why: 'It matters only to a line that is typed in the moment in which the server is told to end.',
  },
  {
    file: 'server.ts',
    line: 'if (Buffer.byteLength(message) <= LONGEST_DATAGRAM) broadcast(message);',
    becomes: 'true',
    why: 'The kernel refuses a message that no datagram can hold, and send() ignores that: nobody gets it either way.',
  },
  {
    file: 'server.ts',
    line: 'else console.error(',
    becomes: '""',
    why: 'The words on stderr about a line that no datagram can hold are free.',
  },
];
