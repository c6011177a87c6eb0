// Wrong ways to build a socket file and an event loop that students really write, each with the check that catches it and its
// diagnosis; and two right ones that are built in another way.
import type { Mistake, Variant } from '../mistake.ts';

export const mistakes: readonly Mistake[] = [
  {
    id: 'local-text',
    belief: 'what comes over a socket is text',
    caughtBy: 'local-echo',
    diagnosis: 'text-not-bytes',
  },
  {
    id: 'exit-only',
    belief: 'when a program ends, all that it made goes with it',
    caughtBy: 'local-ends',
    diagnosis: 'file-left',
  },
  {
    id: 'waits-for-clients',
    belief: 'a server that is closed has no clients any more',
    caughtBy: 'local-ends',
    diagnosis: 'waits-for-clients',
  },
  {
    id: 'stale-refused',
    belief: 'a path that is taken is in use',
    caughtBy: 'stale',
    diagnosis: 'stale-refused',
  },
  {
    id: 'always-removes',
    belief: 'a socket file that is there before the server starts is an old one',
    caughtBy: 'live',
    diagnosis: 'took-over',
  },
  {
    id: 'any-error-is-dead',
    belief: 'whoever does not answer is dead',
    caughtBy: 'live',
    diagnosis: 'took-over',
  },
  {
    id: 'connects-only',
    belief: 'what refuses a connection is a dead socket',
    caughtBy: 'not-a-socket',
    diagnosis: 'letter-lost',
  },
  {
    id: 'characters',
    belief: 'the length of a path is its number of characters',
    caughtBy: 'long-path',
    diagnosis: 'characters-not-bytes',
  },
  {
    id: 'a-hundred',
    belief: 'the limit is about a hundred',
    caughtBy: 'long-path',
    diagnosis: 'limit-too-small',
  },
  {
    id: 'fixed-host',
    belief: 'this machine is 127.0.0.1',
    caughtBy: 'listens',
    diagnosis: 'other-address',
  },
  {
    id: 'bind-not-caught',
    belief: 'an error that is printed is an error that is told',
    caughtBy: 'port-in-use',
    diagnosis: 'bind-not-caught',
  },
  {
    id: 'wakes-when-idle',
    belief: 'a loop must go round to notice something',
    caughtBy: 'idle',
    diagnosis: 'polls',
  },
  {
    id: 'asks-without-end',
    belief: 'a timeout of 0 is no timeout',
    caughtBy: 'idle',
    diagnosis: 'never-sleeps',
    alsoFails: ['thousand', 'leaves', 'slow-reader', 'reset'],
    // To spin is not to fail, but it takes the time of those who wait for it.
    mayFail: ['ends'],
  },
  {
    id: 'node-not-awaited',
    belief: 'what is called is done',
    caughtBy: 'idle',
    diagnosis: 'node-has-no-turn',
    alsoFails: ['ends', 'thousand', 'leaves', 'restarts', 'slow-reader', 'reset', 'sleeps-until'],
  },
  {
    id: 'runs-for-ever',
    belief: 'a server never ends',
    caughtBy: 'ends',
    diagnosis: 'loop-goes-on',
    alsoFails: ['restarts'],
  },
  {
    id: 'no-sigterm',
    belief: 'whoever ends a program presses Ctrl+C',
    caughtBy: 'ends',
    diagnosis: 'signal-not-caught',
  },
  {
    id: 'text',
    belief: 'what clients send is text',
    caughtBy: 'echo',
    diagnosis: 'text-not-bytes',
  },
  {
    id: 'backlog-as-limit',
    belief: 'the backlog is the number of clients',
    caughtBy: 'thousand',
    diagnosis: 'not-all-served',
  },
  {
    id: 'end-ignored',
    belief: 'no bytes means that nothing has come yet',
    caughtBy: 'leaves',
    diagnosis: 'end-not-read',
  },
  {
    id: 'not-closed',
    belief: 'what is not watched any more is closed',
    caughtBy: 'leaves',
    diagnosis: 'end-not-read',
  },
  {
    id: 'no-reuse',
    belief: 'when a program has ended its port is free',
    caughtBy: 'restarts',
    diagnosis: 'no-reuse',
  },
  {
    id: 'blocking-socket',
    belief: 'what is ready does not block',
    caughtBy: 'slow-reader',
    diagnosis: 'blocking-write',
  },
  {
    id: 'short-write',
    belief: 'write() writes everything',
    caughtBy: 'slow-reader',
    diagnosis: 'short-write',
  },
  {
    id: 'writes-all',
    belief: 'what write() has not taken it takes at the second call',
    caughtBy: 'slow-reader',
    diagnosis: 'eagain',
    // It falls over whenever a client does not read.
    alsoFails: ['reset'],
  },
  {
    id: 'tries-again',
    belief: 'whoever tries long enough gets through',
    caughtBy: 'slow-reader',
    diagnosis: 'blocking-write',
  },
  {
    id: 'reads-on',
    belief: 'a queue takes whatever comes',
    caughtBy: 'slow-reader',
    diagnosis: 'reads-on',
  },
  {
    id: 'always-writable',
    belief: 'EPOLLOUT comes when there is something to write',
    caughtBy: 'slow-reader',
    diagnosis: 'always-writable',
    alsoFails: ['thousand', 'reset'],
  },
  {
    id: 'reset-not-caught',
    belief: 'a client ends by a FIN',
    caughtBy: 'reset',
    diagnosis: 'reset-not-caught',
    alsoFails: ['gone', 'sleeps-until'],
    alsoNamed: ['unhandled-error'],
  },
  {
    id: 'reset-ignored',
    belief: 'an error that is caught is dealt with',
    caughtBy: 'reset',
    diagnosis: 'broken-not-closed',
  },
  {
    id: 'only-writing-fails',
    belief: 'only what is sent can fail to arrive',
    caughtBy: 'reset',
    diagnosis: 'reset-not-caught',
  },
  {
    id: 'blocks-always',
    belief: 'to wait is to sleep',
    caughtBy: 'delay',
    diagnosis: 'one-by-one',
  },
  {
    id: 'sleeps-past-timers',
    belief: 'the loop wakes up when something happens',
    caughtBy: 'delay',
    diagnosis: 'timer-slept-past',
    alsoFails: ['gone'],
  },
  {
    id: 'sleeps-too-long',
    belief: 'the timeout is the time at which it is over',
    caughtBy: 'delay',
    diagnosis: 'too-late',
  },
  {
    id: 'no-delay',
    belief: 'later is later',
    caughtBy: 'delay',
    diagnosis: 'too-early',
  },
  {
    id: 'polls-for-timers',
    belief: 'a timer has to be looked at',
    caughtBy: 'sleeps-until',
    diagnosis: 'polls',
  },
  {
    id: 'errors-unheard',
    belief: 'nothing comes but what is asked for',
    caughtBy: 'sleeps-until',
    diagnosis: 'broken-unheard',
  },
  {
    id: 'another-client',
    belief: 'a descriptor stands for a client',
    caughtBy: 'gone',
    diagnosis: 'another-client',
  },
  {
    id: 'only-reset',
    belief: 'a broken connection is ECONNRESET',
    caughtBy: 'reset',
    diagnosis: 'reset-not-caught',
  },
  {
    id: 'milliseconds',
    belief: 'every sleep() counts in milliseconds',
    caughtBy: 'block',
    diagnosis: 'sleeps-for-seconds',
  },
  {
    id: 'block-ignored',
    belief: 'a flag for a bad way is there to be refused',
    caughtBy: 'block',
    diagnosis: 'block-ignored',
  },
];

export const variants: readonly Variant[] = [
  {
    id: 'variant-net',
    about: 'the loop is that of Node; the path is looked at before, and not after',
  },
  {
    id: 'variant-python',
    about: 'select.epoll in Python, and a thread for each client of the socket file',
  },
];
