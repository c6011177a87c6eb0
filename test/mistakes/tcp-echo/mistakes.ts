// Wrong echo servers and clients that students really write, each with the check that catches it and its diagnosis;
// and two right ones that are built in another way.
import type { Mistake, Variant } from '../mistake.ts';

export const mistakes: readonly Mistake[] = [
  {
    id: 'text-set-encoding',
    belief: 'what comes over a socket is text',
    caughtBy: 'echo-bytes',
    diagnosis: 'text-not-bytes',
    alsoFails: ['slow-reader'],
  },
  {
    id: 'text-each-chunk',
    belief: 'a chunk can be turned into text and back',
    caughtBy: 'cut-characters',
    diagnosis: 'text-not-bytes',
    alsoFails: ['echo-bytes', 'half-close', 'slow-reader'],
  },
  {
    id: 'first-chunk-only',
    belief: 'a client sends one message',
    caughtBy: 'echo-twice',
    diagnosis: 'first-chunk-only',
    alsoFails: ['half-close', 'slow-reader'],
  },
  {
    id: 'ends-after-first',
    belief: 'one request, one answer, done',
    caughtBy: 'echo-twice',
    diagnosis: 'ends-after-first',
    alsoFails: ['half-close', 'slow-reader'],
  },
  {
    id: 'waits-for-end',
    belief: 'a message is complete when the client has ended',
    caughtBy: 'echo-line',
    diagnosis: 'waits-for-end',
  },
  {
    id: 'waits-for-line',
    belief: 'input comes in lines',
    caughtBy: 'echo-twice',
    diagnosis: 'waits-for-line',
  },
  {
    id: 'trims',
    belief: 'spaces and line ends are noise',
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
    id: 'one-at-a-time',
    belief: 'a server accepts one client after the other',
    caughtBy: 'many-clients',
    diagnosis: 'one-at-a-time',
    alsoFails: ['own-echo', 'survives-reset'],
  },
  {
    id: 'echoes-to-all',
    belief: 'whoever is connected wants to hear it',
    caughtBy: 'own-echo',
    diagnosis: 'other-clients-bytes',
    alsoFails: ['many-clients', 'slow-reader'],
  },
  {
    id: 'shared-client',
    belief: 'a variable at the top is good enough',
    caughtBy: 'own-echo',
    diagnosis: 'other-clients-bytes',
    alsoFails: ['many-clients', 'survives-reset'],
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
    alsoFails: ['port-is-free'],
  },
  {
    id: 'no-signals',
    belief: 'Ctrl+C works by itself',
    caughtBy: 'ends-well',
    diagnosis: 'signal-not-caught',
  },
  {
    id: 'port-not-read-back',
    belief: 'the port is the one I asked for',
    caughtBy: 'any-port',
    diagnosis: 'port-not-read-back',
  },
  {
    id: 'fixed-port',
    belief: 'an echo server has port 8888',
    caughtBy: 'listens',
    diagnosis: 'other-port',
    alsoFails: ['port-is-free'],
  },
  {
    id: 'other-words',
    belief: 'any sentence will do',
    caughtBy: 'listens',
    diagnosis: 'no-ready-line',
  },
  {
    id: 'stack-for-user',
    belief: 'an error message is an error message',
    caughtBy: 'port-in-use',
    diagnosis: 'port-taken',
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
    alsoFails: ['client-sends'],
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
];

export const variants: readonly Variant[] = [
  { id: 'variant-events', about: 'server and client by events instead of pipelines' },
  { id: 'variant-python', about: 'server and client in Python, with threads' },
];
