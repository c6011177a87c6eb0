// Tells when children end: SIGCHLD comes, and then each of them is asked.
import { kill, waitpid, WIFSIGNALED, WEXITSTATUS, WNOHANG, WTERMSIG } from '#posix';

export interface Child {
  readonly pid: number;
  readonly daemon: boolean;
  code: number | undefined;
  readonly waiting: Set<() => void>;
}

let own: Child[] = [];
// A listener for a signal does not keep node running. This does, while somebody waits.
let awake: NodeJS.Timeout | undefined;

process.on('SIGCHLD', lookAtAll);
process.on('exit', atExit);

export function adopt(pid: number, daemon: boolean): Child {
  const child: Child = { pid, daemon, code: undefined, waiting: new Set() };
  own.push(child);
  return child;
}

export function lookAtAll(): void {
  for (const child of own) look(child, WNOHANG);
  own = own.filter(({ code }) => code === undefined);
  if (awake && own.every(({ waiting }) => waiting.size === 0)) {
    clearInterval(awake);
    awake = undefined;
  }
}

export function whenEnded(child: Child, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    lookAtAll();
    if (child.code !== undefined || seconds <= 0) {
      resolve();
      return;
    }
    const timer =
      seconds === Infinity
        ? undefined
        : setTimeout(() => done(), Math.min(seconds * 1000, 2 ** 31 - 1));
    const done = () => {
      clearTimeout(timer);
      child.waiting.delete(done);
      resolve();
    };
    child.waiting.add(done);
    awake ??= setInterval(() => {}, 1 << 30);
  });
}

export function becomeAnother(): void {
  own = [];
  clearInterval(awake);
  awake = undefined;
  process.removeAllListeners('exit').on('exit', atExit);
  process.exitCode = 0;
}

function look(child: Child, options: number): void {
  if (child.code !== undefined) return;
  const [found, status] = waitpid(child.pid, options);
  if (found === 0) return;
  child.code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  for (const tell of child.waiting) tell();
}

function atExit(): void {
  lookAtAll();
  for (const { pid, daemon } of own) if (daemon) kill(pid, 'SIGTERM');
  for (const child of own) look(child, 0);
}
