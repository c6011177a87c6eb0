// Wrong echo servers and clients that students really write, each with the check that catches it and its diagnosis;
// and two right ones that are built in another way.
import type { Mistake, Variant } from '../mistake.ts';

/** The checks that need a server that has said where it listens. */
const AFTER_READY = [
  'port-in-use',
  'echo-line',
  'echo-bytes',
  'half-close',
  'ends-after-client',
  'many-clients',
  'survives-reset',
  'slow-reader',
  'ends-well',
];

/** The checks that need an echo of something without a line end, while its sender is still there. */
const AFTER_ECHO = AFTER_READY.filter((check) => check !== 'port-in-use');

const except = (check: string, checks: readonly string[]) => checks.filter((one) => one !== check);

export const mistakes: readonly Mistake[] = [
  {
    id: 'text-set-encoding',
    belief: 'what comes over a socket is text',
    caughtBy: 'echo-bytes',
    diagnosis: 'text-not-bytes',
  },
  {
    id: 'text-each-chunk',
    belief: 'a chunk can be turned into text and back',
    caughtBy: 'echo-bytes',
    diagnosis: 'text-not-bytes',
    alsoFails: ['slow-reader'],
    alsoNamed: ['no-backpressure'],
  },
  {
    id: 'first-chunk-only',
    belief: 'a client sends one message',
    caughtBy: 'echo-line',
    diagnosis: 'first-chunk-only',
    alsoFails: ['echo-bytes', 'half-close', 'many-clients', 'slow-reader'],
  },
  {
    id: 'ends-after-first',
    belief: 'one request, one answer, done',
    caughtBy: 'echo-line',
    diagnosis: 'ends-after-first',
    alsoFails: ['echo-bytes', 'half-close', 'many-clients', 'slow-reader'],
  },
  {
    id: 'waits-for-end',
    belief: 'a message is complete when the client has ended',
    caughtBy: 'echo-line',
    diagnosis: 'waits-for-end',
    alsoFails: except('echo-line', AFTER_ECHO),
  },
  {
    id: 'waits-for-line',
    belief: 'input comes in lines',
    caughtBy: 'echo-line',
    diagnosis: 'waits-for-line',
    alsoFails: except('echo-line', AFTER_ECHO),
  },
  {
    id: 'trims',
    belief: 'spaces and line ends are noise',
    caughtBy: 'echo-line',
    diagnosis: 'changes-bytes',
    alsoFails: ['echo-bytes', 'slow-reader'],
    alsoNamed: ['text-not-bytes', 'no-backpressure'],
  },
  {
    id: 'ignores-empty-lines',
    belief: 'an empty line is nothing to send back',
    caughtBy: 'echo-line',
    diagnosis: 'changes-bytes',
  },
  {
    id: 'no-half-open',
    belief: 'a client that ends its side is gone',
    caughtBy: 'half-close',
    diagnosis: 'no-half-open',
  },
  {
    id: 'never-ends',
    belief: 'the client ends the connection',
    caughtBy: 'ends-after-client',
    diagnosis: 'never-ends',
    alsoFails: ['half-close'],
  },
  {
    id: 'greets-first-chunk',
    belief: 'who connects says something',
    caughtBy: 'ends-after-client',
    diagnosis: 'never-ends',
  },
  {
    id: 'one-at-a-time',
    belief: 'a server accepts one client after the other',
    caughtBy: 'many-clients',
    diagnosis: 'one-at-a-time',
  },
  {
    id: 'echoes-to-all',
    belief: 'whoever is connected wants to hear it',
    caughtBy: 'many-clients',
    diagnosis: 'other-clients-bytes',
    alsoFails: ['slow-reader'],
    alsoNamed: ['no-backpressure'],
  },
  {
    id: 'shared-client',
    belief: 'a variable at the top is good enough',
    caughtBy: 'many-clients',
    diagnosis: 'other-clients-bytes',
  },
  {
    id: 'no-error-listener',
    belief: 'errors are for others',
    caughtBy: 'survives-reset',
    diagnosis: 'unhandled-error',
  },
  {
    id: 'no-backpressure',
    belief: 'write() takes care of everything',
    caughtBy: 'slow-reader',
    diagnosis: 'no-backpressure',
  },
  {
    id: 'close-waits',
    belief: 'close() ends a server',
    caughtBy: 'ends-well',
    diagnosis: 'close-waits',
  },
  {
    id: 'no-signals',
    belief: 'Ctrl+C works by itself',
    caughtBy: 'ends-well',
    diagnosis: 'signal-not-caught',
  },
  {
    id: 'says-goodbye',
    belief: 'who hears the signal has ended',
    caughtBy: 'ends-well',
    diagnosis: 'ignores-signal',
  },
  {
    id: 'port-not-read-back',
    belief: 'the port is the one I asked for',
    caughtBy: 'any-port',
    diagnosis: 'port-not-read-back',
    // Where the port is given, it says the right one.
    alsoFails: except('ends-well', AFTER_READY),
  },
  {
    id: 'zero-is-no-port',
    belief: '0 means that no port was given',
    caughtBy: 'any-port',
    diagnosis: 'port-taken',
  },
  {
    id: 'fixed-port',
    belief: 'an echo server has port 8888',
    caughtBy: 'listens',
    diagnosis: 'other-port',
    alsoFails: ['any-port', 'ends-well'],
    alsoNamed: ['port-taken'],
  },
  {
    id: 'fixed-host',
    belief: 'a server is always at 127.0.0.1',
    caughtBy: 'listens',
    diagnosis: 'other-address',
  },
  {
    id: 'other-words',
    belief: 'any sentence will do',
    caughtBy: 'listens',
    diagnosis: 'no-ready-line',
    alsoFails: ['any-port', ...AFTER_READY],
  },
  {
    id: 'stack-for-user',
    belief: 'an error message is an error message',
    caughtBy: 'port-in-use',
    diagnosis: 'error-not-heard',
  },
  {
    id: 'client-sends-first',
    belief: 'first I send, then I receive',
    caughtBy: 'client-sends',
    diagnosis: 'client-reads-late',
  },
  {
    id: 'client-leaves-early',
    belief: 'when the input has ended, I am done',
    caughtBy: 'client-waits',
    diagnosis: 'client-leaves-early',
    // The echo of the last line races with the end.
    mayFail: ['client-sends'],
  },
  {
    id: 'client-decodes',
    belief: 'what I print is text',
    caughtBy: 'client-waits',
    diagnosis: 'text-not-bytes',
  },
  {
    id: 'client-no-error',
    belief: 'the server is there',
    caughtBy: 'client-refused',
    diagnosis: 'unhandled-error',
  },
  {
    id: 'adds-line-end',
    belief: 'an answer ends with a line end',
    caughtBy: 'echo-line',
    diagnosis: 'adds-bytes',
    alsoFails: ['echo-bytes', 'half-close', 'many-clients'],
  },
  {
    id: 'calls-announce',
    belief: 'a callback is called where it is given',
    caughtBy: 'listens',
    diagnosis: 'address-too-early',
    alsoFails: ['any-port', ...AFTER_READY],
  },
  {
    id: 'destroys-at-end',
    belief: 'when the client has ended, the connection can go',
    caughtBy: 'half-close',
    diagnosis: 'no-half-open',
    alsoFails: ['slow-reader'],
    alsoNamed: ['no-backpressure'],
  },
];

export const variants: readonly Variant[] = [
  { id: 'variant-events', about: 'server and client by events instead of pipelines' },
  { id: 'variant-python', about: 'server and client in Python, with threads' },
];
