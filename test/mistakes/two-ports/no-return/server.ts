// One site on two ports, by two processes: forks a child for each port, and the parent looks after them.
//
// Try it in two terminals:
//   npm run ex -- two-ports --solution
//   curl 127.0.0.1:8000; curl 127.0.0.1:8080
import { fork, signal, SIG_IGN } from '#posix';
import { CANNOT_LISTEN, lookAfter } from './children.ts';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
/** The children: process id → port. Only the parent needs to know them. */
const children = new Map<number, number>();

forkForEachPort();
// From here on there are three processes that run the same program. The port tells them apart.
if (children.size === ports.length) lookAfter(children);

/** Forks a child for each port. Returns its port in a child, and undefined in the parent, which knows all children then. */
function forkForEachPort(): void {
  for (const port of ports) {
    const pid = fork();
    if (pid === 0) beChild(port);
    else children.set(pid, port);
  }
}

/** What a child does: it serves one port until it is ended. */
function beChild(port: number): void {
  signal('SIGINT', SIG_IGN); // Ctrl+C reaches all three; what to do about it is for the parent to say
  serve({ host, port }, refused);
}

/** Called in a child that cannot have its port. A status is all that a child can tell its parent by its end. */
function refused(why: string): never {
  console.error(`server: ${why}`);
  process.exit(CANNOT_LISTEN);
}
