// One site on two ports, by two processes: forks a child for each port, and the parent looks after them.
//
// The task: steps 1, 3 and 4 of README.md beside this file. Check it at every save: npm run ex -- two-ports --watch
// Try it by hand, in two terminals:
//   npm run ex -- two-ports
//   curl 127.0.0.1:8000; curl 127.0.0.1:8080
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { fork, pipe, signal, SIG_IGN } from '#posix';
import { todo } from '#todo';
import { CANNOT_LISTEN, lookAfter } from './children.ts';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
/** The children: process id → port. Only the parent needs to know them. */
const children = new Map<number, number>();
/** The two ends of a pipe: to read from, and to write to. Of use from step 4 on. */
const [lifeline, held] = pipe();

// Done for you. From the fork on there are three processes that run the same program; the port tells them apart.
const ownPort = forkForEachPort();
if (ownPort === undefined) lookAfter(children);
else beChild(ownPort);

/** Forks a child for each port. Returns its port in a child, and undefined in the parent, which knows all children then. */
function forkForEachPort(): number | undefined {
  let own: number | undefined;
  for (const port of ports) {
    const pid = fork();
    if (pid === 0) own = port;
    else children.set(pid, port);
  }
  return own;
}

/** What a child does: it serves one port until it is ended. */
function beChild(port: number): void {
  // TODO: step 3: Ctrl+C reaches the children as well as the parent. Ignore SIGINT here, with signal() and SIG_IGN.
  // TODO: step 4: call endWithParent(), which stands below.
  serve({ host, port }, refused);
}

/** Called in a child that cannot have its port. `why` is for the user: cannot listen on 127.0.0.1:8000: EADDRINUSE. */
function refused(why: string): never {
  // TODO: step 4: print one line on stderr, `server: <why>`, and end this child with a status that tells the parent of it.
  todo('step 4: say why, and end with CANNOT_LISTEN');
}

/** Ends this process when the parent has ended, by SIGKILL too. */
function endWithParent(): void {
  // TODO: step 4: the parent holds the end to write to, `held`, as long as it lives, and writes nothing. Your copy of that end
  //   has to be closed: closeSync() above.
  // TODO: step 4: read from the other end, `lifeline`, as from a socket: new Socket({ fd }). When 'end' comes, the parent is gone: exit.
  todo('step 4: notice the end of the parent');
}
