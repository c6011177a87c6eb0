// The diagnoses that any lesson can need: what stops a program before its lesson even begins.
import type { Diagnosis } from './check.ts';

export const generalDiagnoses: readonly Diagnosis[] = [
  {
    id: 'strayed',
    when: ({ strayedTo }) => strayedTo !== undefined,
    cause: ({ strayedTo }) =>
      `this step works without step ${strayedTo}: something led the program there that does not belong to it.`,
  },
  {
    id: 'unfinished',
    when: ({ stderr }) => /^TODO: /m.test(stderr),
    cause: () => 'this part is not written yet.',
    hint: 1,
  },
  {
    id: 'syntax',
    when: ({ start }) => start === 'syntax',
    cause: () =>
      'a bracket, a quote or a comma is missing or one too many, at this place or shortly before it.',
  },
  {
    id: 'missing-import',
    when: ({ start }) => start === 'import',
    cause: () =>
      'an import names a file or a name that does not exist. The path is given from the importing file, with its ending: ./frames.ts.',
  },
  {
    id: 'missing-program',
    when: ({ start }) => start === 'missing',
    cause: () =>
      'the file was renamed or moved. `npm run ex -- reset <lesson>` brings the starter back; your own version is kept.',
  },
  {
    id: 'too-much-output',
    when: ({ excess }) => excess === 'output',
    cause: () => 'the program prints in a loop that never ends; it was ended after 1 MiB.',
  },
  {
    id: 'too-many-processes',
    when: ({ excess }) => excess === 'processes',
    cause: () =>
      'each process starts more processes, without end; all were ended at 64. A child must know that it is one.',
  },
  {
    id: 'too-much-memory',
    when: ({ excess, stderr }) => excess === 'memory' || stderr.includes('heap out of memory'),
    cause: () => 'the program keeps everything that it ever got; it was ended at 1.5 GiB.',
  },
  {
    id: 'too-much-disk',
    when: ({ excess }) => excess === 'disk',
    cause: () => 'the program writes files without end; it was ended before the disk was full.',
  },
  {
    id: 'port-taken',
    when: ({ stderr }) => stderr.includes('EADDRINUSE'),
    cause: () =>
      'another program has this port. Listen on the port of --port; with 0 the kernel picks a free one.',
  },
  {
    id: 'killed',
    when: ({ crash }) => crash?.message.startsWith('SIG') === true,
    cause: ({ crash }) =>
      `${crash?.message} ended it from outside its own code: process.kill, process.abort, a shell, or the kernel.`,
  },
  {
    id: 'unhandled-error',
    when: ({ crash }) => crash !== undefined,
    cause: ({ crash }) =>
      /\b(ECONNRESET|EPIPE)\b/.test(crash?.message ?? '')
        ? 'a client broke its connection. A socket tells so by an error; an error that nobody listens for ends the whole program.'
        : 'an error that nobody handled ends the whole program.',
  },
  {
    id: 'other-port',
    when: ({ start }) => start === 'elsewhere',
    cause: () => 'the port is written into the program, or --port is read but not used.',
  },
  {
    id: 'other-address',
    when: ({ start }) => start === 'other address',
    cause: () =>
      '--host is not used: without a host a program listens on every network, and localhost can stand for ::1.',
  },
  {
    id: 'no-ready-line',
    when: ({ start }) => start === 'silent',
    cause: () => 'the program listens, but does not say so on stdout, or says it in other words.',
  },
  {
    id: 'endless-loop',
    when: ({ start, spins }) => start === 'busy' || spins === true,
    cause: () => 'a loop that never ends. While it runs, Node can do nothing else.',
  },
  {
    id: 'never-listened',
    when: ({ start }) => start === 'never',
    cause: () =>
      'nothing asks the kernel to listen, or the program waits for something that never comes before it does.',
  },
  {
    id: 'ended-at-once',
    when: ({ start, exit }) => start === 'exited' && exit?.code === 0,
    cause: () =>
      'nothing keeps the program alive: Node ends as soon as no socket, timer or child is left to wait for.',
  },
  {
    id: 'ignores-signal',
    when: ({ stillRunning, signalled }) => stillRunning === true && signalled !== undefined,
    cause: ({ signalled }) =>
      `who listens for ${String(signalled)} must end the program too: close what is open, or call process.exit.`,
  },
  {
    id: 'kept-alive',
    when: ({ stillRunning }) => stillRunning === true,
    cause: () =>
      'something keeps it alive: a socket or server that is open, a timer, a child, or a listener on stdin.',
  },
  {
    id: 'left-behind',
    when: ({ leftovers }) => leftovers !== undefined,
    cause: () =>
      'a child process outlives its parent, unless the parent ends it or the child notices that the parent is gone.',
  },
];
