// Starts a child for each argument, all at the same time; each ends in its own way, and the parent says how.
import { parseArgs } from 'node:util';
import { WEXITSTATUS, _exit, fork, getpid, kill, wait, waitpid } from '#posix';

const { ends, inOrder, stop } = readArguments();

const children = ends.map(start);
for (const next of children) {
  // wait() reaps whichever has ended first; waitpid() one of them, and the others stay zombies until it is their turn.
  const [pid, status] = inOrder ? waitpid(next) : wait();
  console.log(`${pid} ended: exit status ${WEXITSTATUS(status)}`);
}

/** Starts a child that is to end as `how` says, and returns its process id. */
function start(how: string): number {
  const child = fork();
  if (child === 0) end(how);
  console.log(`${child} started: ${how}`);
  return child;
}

/** Ends this process: by a signal that it sends to itself, or with an exit status, of which 8 bits are kept. */
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
