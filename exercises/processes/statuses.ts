// Starts a child for each argument, all at the same time; each ends in its own way, and the parent says how.
//
// The task: step 2 of README.md beside this file. Check it at every save: npm run ex -- processes --watch
// Try it by hand: npm run ex -- processes statuses -- 3 0 255 SIGKILL 256
import { parseArgs } from 'node:util';
import { _exit, fork, getpid, kill, wait, waitpid } from '#posix';
import { todo } from '#todo';
import { describeStatus } from './status.ts';

const { ends, inOrder, stop } = readArguments();

const children = ends.map(start);
// TODO: step 2: reap as many children as were started, and print `<pid> ended: <describeStatus(status)>` for each.
//   wait() reaps whichever has ended first. With --in-order, take them in the order of `children`: waitpid(pid).
todo('step 2: wait for the children');

/** Starts a child that is to end as `how` says, and returns its process id. */
function start(how: string): number {
  // TODO: step 2: fork. The child does end(how), and never comes back from there.
  // TODO: step 2: the parent prints `<pid of the child> started: <how>`, and returns that pid.
  todo('step 2: start a child');
}

/** Done for you: ends this process, by a signal that it sends to itself, or with an exit status, of which 8 bits are kept. */
function end(how: string): never {
  if (stop) kill(getpid(), 'SIGSTOP'); // until somebody sends SIGCONT
  if (isSignal(how)) kill(getpid(), how);
  _exit(Number(how));
}

/** Those that end a process. Others are ignored (SIGCHLD), stop it (SIGSTOP), or mean something to Node itself (SIGUSR1). */
function isSignal(how: string): how is NodeJS.Signals {
  return ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM'].includes(how);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'in-order': { type: 'boolean', default: false },
        stop: { type: 'boolean', default: false },
      },
    });
    const right = positionals.every((how) => isSignal(how) || /^\d+$/.test(how));
    if (!right || positionals.length === 0) throw new Error('a child ends in one of two ways');
    return { ends: positionals, inOrder: values['in-order'], stop: values.stop };
  } catch {
    console.error('usage: statuses [--in-order] [--stop] <exit status | signal> ...');
    return process.exit(2);
  }
}
