// One fact about fork, wait and their kin, by name: does it, and prints what came of it as one line of JSON.
//   facts <name>
import { readFileSync, readSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  fork,
  getpid,
  getppid,
  kill,
  pipe,
  setsid,
  signal,
  SIG_IGN,
  sleep,
  wait,
  waitpid,
  WEXITSTATUS,
  WIFSIGNALED,
  WNOHANG,
  WTERMSIG,
} from '#posix';

const facts: Record<string, () => unknown> = {
  'memory is copied': () => {
    let apples = 1;
    const pid = fork();
    if (pid === 0) {
      apples += 1;
      process.exit(apples);
    }
    return { child: WEXITSTATUS(waitpid(pid)[1]), parent: apples };
  },
  'who is who': () => {
    const [read, write] = pipe();
    const pid = fork();
    if (pid === 0) {
      writeSync(write, JSON.stringify([getpid(), process.pid, getppid(), process.ppid]));
      process.exit();
    }
    waitpid(pid);
    const told = Buffer.alloc(200);
    const [child, asNode, parent, parentAsNode] = JSON.parse(
      told.toString('utf8', 0, readSync(read, told)),
    ) as number[];
    return [child === pid, asNode === pid, parent === getpid(), parentAsNode === process.pid];
  },
  'no child': () => errorOf(() => wait()),
  'not my child': () => errorOf(() => waitpid(1)),
  'wrong option': () => errorOf(() => waitpid(-1, 64)),
  'no such process': () => errorOf(() => kill(2 ** 22 + 1, 0)),
  'does not wait': () => {
    const pid = fork();
    if (pid === 0) return sleep(60);
    const early = waitpid(pid, WNOHANG);
    kill(pid, 'SIGTERM');
    const [found, status] = waitpid(pid);
    return { early, found: found === pid, signal: WIFSIGNALED(status) && WTERMSIG(status) };
  },
  'a zombie': () => {
    const pid = fork();
    if (pid === 0) process.exit(0);
    while (stateOf(pid) !== 'Z') sleep(0.001);
    waitpid(pid);
    return { before: 'Z', after: stateOf(pid) };
  },
  'SIGCHLD ignored': () => {
    signal('SIGCHLD', SIG_IGN);
    const pid = fork();
    if (pid === 0) process.exit(5);
    return errorOf(() => waitpid(pid));
  },
  'an orphan': () => {
    const [read, write] = pipe();
    const middle = fork();
    if (middle === 0) {
      const parent = getpid();
      if (fork() > 0) process.exit(0);
      setsid();
      while (getppid() === parent) sleep(0.001);
      writeSync(write, 'adopted');
      process.exit(0);
    }
    waitpid(middle);
    const told = Buffer.alloc(20);
    return told.toString('utf8', 0, readSync(read, told));
  },
  'reads its stdin': () => {
    const pid = fork();
    if (pid > 0) return WEXITSTATUS(waitpid(pid)[1]);
    const lines = createInterface({ input: process.stdin });
    return void lines.once('line', (line) => process.exit(line.length));
  },
  'exit listeners': () => {
    process.on('exit', (status) => writeSync(1, `listener: ${status}\n`));
    const pid = fork();
    if (pid === 0) process.exit(3);
    return WEXITSTATUS(waitpid(pid)[1]);
  },
  'an error that nobody catches': () => {
    const pid = fork();
    if (pid === 0) throw new TypeError('这里坏了');
    return WEXITSTATUS(waitpid(pid)[1]);
  },
};

const result = facts[process.argv[2] ?? '']?.();
if (result !== undefined) console.log(JSON.stringify(result));

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    const { message, code, errno, syscall } = error as NodeJS.ErrnoException;
    return { message, code, errno, syscall };
  }
}

/** The letter of a process's state in /proc; undefined once it has been reaped. */
function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
