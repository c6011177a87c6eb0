// Wrong chat rooms that students really write, each with the check that catches it and its diagnosis; and two right ones
// that are built in another way.
import type { Mistake, Variant } from '../mistake.ts';

export const mistakes: readonly Mistake[] = [
  {
    id: 'trusts-its-clients',
    belief: 'a request has all its parts',
    caughtBy: 'bad-request',
    diagnosis: 'crash-on-datagram',
  },
  {
    id: 'silent-on-rubbish',
    belief: 'what is no request needs no answer',
    caughtBy: 'bad-request',
    diagnosis: 'bad-request-ignored',
  },
  {
    id: 'decodes-anything',
    belief: 'every datagram is text',
    caughtBy: 'bad-request',
    diagnosis: 'not-utf8',
  },
  {
    id: 'first-word-is-the-name',
    belief: 'the second word is the name, whatever follows',
    caughtBy: 'bad-request',
    diagnosis: 'rest-thrown-away',
  },
  {
    id: 'second-takes-the-name',
    belief: 'a Map takes care of equal names',
    caughtBy: 'unique',
    diagnosis: 'name-twice',
  },
  {
    id: 'object-for-a-map',
    belief: 'an object is a table',
    caughtBy: 'odd-names',
    diagnosis: 'object-as-map',
  },
  {
    id: 'counts-units',
    belief: 'the length of a name is its length',
    caughtBy: 'odd-names',
    diagnosis: 'counts-units',
  },
  {
    id: 'only-the-very-name',
    belief: 'only 管理员 itself is reserved',
    caughtBy: 'bad-names',
    diagnosis: 'admin-name-free',
  },
  {
    id: 'insert-then-tell',
    belief: 'everybody in the table wants to know who comes in',
    caughtBy: 'join-notice',
    diagnosis: 'newcomer-notice',
  },
  {
    id: 'asked-twice-refused',
    belief: 'a name that is taken is taken',
    caughtBy: 'asked-again',
    diagnosis: 'first-ok-lost',
  },
  {
    id: 'hears-itself',
    belief: 'everybody in the room hears what is said',
    caughtBy: 'not-to-self',
    diagnosis: 'hears-itself',
  },
  {
    id: 'split-limit',
    belief: 'split(" ", 3) leaves the rest in the last part',
    caughtBy: 'spaces',
    diagnosis: 'rest-of-text-lost',
  },
  {
    id: 'words-joined',
    belief: 'words are what counts, spaces are not',
    caughtBy: 'spaces',
    diagnosis: 'spaces-changed',
  },
  {
    id: 'name-is-enough',
    belief: 'whoever says a name has it',
    caughtBy: 'bound-name',
    diagnosis: 'spoofed',
  },
  {
    id: 'anybody-may-speak',
    belief: 'whoever speaks is in the room',
    caughtBy: 'strangers',
    diagnosis: 'stranger-heard',
  },
  {
    id: 'admin-over-the-network',
    belief: 'the console is a client like all others',
    caughtBy: 'strangers',
    diagnosis: 'admin-spoofed',
  },
  {
    id: 'relays-line-ends',
    belief: 'a text may hold whatever its writer likes',
    caughtBy: 'fake-line',
    diagnosis: 'fake-line',
  },
  {
    id: 'quits-with-e',
    belief: 'E stands for exit',
    caughtBy: 'leave',
    diagnosis: 'quit-verb',
  },
  {
    id: 'deletes-then-looks',
    belief: 'delete first, then look up whom to answer',
    caughtBy: 'leave',
    diagnosis: 'exit-not-sent',
  },
  {
    id: 'leaver-hears-it-too',
    belief: 'first the notice, then out of the table',
    caughtBy: 'leave',
    diagnosis: 'leaver-hears-notice',
  },
  {
    id: 'leaver-stays-in-table',
    belief: 'who has got EXIT is gone',
    caughtBy: 'come-back',
    diagnosis: 'name-kept',
  },
  {
    id: 'quits-for-anybody',
    belief: 'only those who speak must be who they are',
    caughtBy: 'leave-bound',
    diagnosis: 'quits-for-others',
  },
  {
    id: 'console-not-heard',
    belief: 'a child shares the variables of its parent',
    caughtBy: 'admin',
    diagnosis: 'console-not-heard',
  },
  {
    id: 'console-in-the-loop',
    belief: 'one loop can do both',
    caughtBy: 'admin-process',
    diagnosis: 'one-process',
  },
  {
    id: 'ends-with-its-console',
    belief: 'without a console there is nothing to do',
    caughtBy: 'input-ends',
    diagnosis: 'ends-with-input',
  },
  {
    id: 'channel-left-open',
    belief: 'closing the socket ends the server',
    caughtBy: 'server-ends',
    diagnosis: 'channel-open',
  },
  {
    id: 'one-loop',
    belief: 'one loop can do both, in the client as well',
    caughtBy: 'client-processes',
    diagnosis: 'one-process',
  },
  {
    id: 'waits-for-each-line',
    belief: 'every request is answered',
    caughtBy: 'client-talks',
    diagnosis: 'waits-per-line',
  },
  {
    id: 'leaves-without-a-word',
    belief: 'Ctrl+C ends a program, and that is all',
    caughtBy: 'client-leaves',
    diagnosis: 'no-goodbye',
  },
  {
    id: 'socket-left-open',
    belief: 'after EXIT everything is said',
    caughtBy: 'client-leaves',
    diagnosis: 'client-stays',
  },
  {
    id: 'refusal-not-read',
    belief: 'whatever comes back, I am in',
    caughtBy: 'client-refused',
    diagnosis: 'refusal-ignored',
  },
  {
    id: 'ends-at-a-word',
    belief: 'EXIT is EXIT, whoever says it',
    caughtBy: 'client-words',
    diagnosis: 'word-taken-for-answer',
  },
  {
    id: 'takes-a-word-for-exit',
    belief: 'after Q, what begins with EXIT is the answer',
    caughtBy: 'client-asks-again',
    diagnosis: 'word-taken-for-answer',
  },
  {
    id: 'open-to-strangers',
    belief: 'a socket hears those it talks to',
    caughtBy: 'client-strangers',
    diagnosis: 'stranger-printed',
  },
  {
    id: 'asks-once',
    belief: 'what is sent arrives',
    caughtBy: 'client-asks-again',
    diagnosis: 'not-asked-again',
  },
  {
    id: 'exits-while-sending',
    belief: 'what was handed over has been sent',
    caughtBy: 'client-burst',
    diagnosis: 'burst-lost',
  },
];

export const variants: readonly Variant[] = [
  {
    id: 'variant-roles-swapped',
    about:
      'the client’s child has the socket and its parent the keyboard; the server’s console speaks through a pipe',
  },
  { id: 'variant-python', about: 'server and client in Python, with fork(2) and a shared socket' },
];
