// One site on two ports, by two processes: forks a child for each port, and the parent looks after them.
//
// Try it in two terminals:
//   npm run ex -- two-ports --solution
//   curl 127.0.0.1:8000; curl 127.0.0.1:8080
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { fork, pipe, signal, SIG_IGN } from '#posix';
import { CANNOT_LISTEN, lookAfter } from './children.ts';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
/** The children: process id → port. Only the parent needs to know them. */
const children = new Map<number, number>();
/** The two ends of a pipe: to read from, and to write to. */
const [lifeline, held] = pipe();

const ownPort = forkForEachPort();
// From here on there are three processes that run the same program. The port tells them apart.
if (ownPort === undefined) lookAfter(children);
else beChild(ownPort);

/** Forks a child for each port. Returns its port in a child, and undefined in the parent, which knows all children then. */
function forkForEachPort(): number | undefined {
  for (const port of ports) {
    const pid = fork();
    if (pid === 0) return port; // the child has what it needs; in the loop it would fork children of its own
    children.set(pid, port);
  }
  return undefined;
}

/** What a child does: it serves one port until it is ended. */
function beChild(port: number): void {
  signal('SIGINT', SIG_IGN); // Ctrl+C reaches all three; what to do about it is for the parent to say
  endWithParent();
  serve({ host, port }, refused);
}

/** Called in a child that cannot have its port. A status is all that a child can tell its parent by its end. */
function refused(why: string): never {
  console.error(`server: ${why}`);
  process.exit(CANNOT_LISTEN);
}

/**
 * Ends this process when the parent has ended, by SIGKILL too: the kernel closes what a process held, and a pipe that
 * nobody can write to any more is at its end. Nothing is ever written to this one.
 */
function endWithParent(): void {
  closeSync(lifeline);
  new Socket({ fd: held }).on('end', () => process.exit()).resume();
}
