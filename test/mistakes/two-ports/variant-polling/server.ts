// Built in another way: the children are found by a timer, live in sessions of their own, and ask now and then whether their
// parent is still the same.
import { constants } from 'node:os';
import {
  fork,
  getpid,
  getppid,
  kill,
  setsid,
  waitpid,
  WEXITSTATUS,
  WIFEXITED,
  WNOHANG,
  WTERMSIG,
} from '#posix';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
const parent = getpid();
const children: { readonly pid: number; readonly port: number; running: boolean }[] = [];
let stopping = false;
let refused = false;

if (startAll()) {
  const stop = () => {
    stopping = true;
    for (const { pid, running } of children) if (running) kill(pid, 'SIGTERM');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  setInterval(() => {
    for (const child of children) if (child.running) look(child);
    if (refused) stop();
    if (!children.some(({ running }) => running)) process.exit(stopping && !refused ? 0 : 1);
  }, 10);
}

function startAll(): boolean {
  for (const port of ports) {
    const pid = fork();
    if (pid > 0) {
      children.push({ pid, port, running: true });
      continue;
    }
    setsid(); // no terminal, so no Ctrl+C
    setInterval(() => {
      if (getppid() !== parent) process.exit(0);
    }, 20);
    serve({ host, port }, (why) => {
      console.error(`server: ${why}`);
      process.exit(3);
    });
    return false;
  }
  return true;
}

function look(child: (typeof children)[number]): void {
  const [pid, status] = waitpid(child.pid, WNOHANG);
  if (pid === 0) return;
  child.running = false;
  if (WIFEXITED(status) && WEXITSTATUS(status) === 3) refused = true;
  else if (!stopping) {
    const signal = Object.entries(constants.signals).find(([, one]) => one === WTERMSIG(status));
    const how = WIFEXITED(status) ? `status ${WEXITSTATUS(status)}` : `signal ${signal?.[0]}`;
    console.error(`port ${child.port} has lost its process ${pid} by ${how}`);
  }
}
