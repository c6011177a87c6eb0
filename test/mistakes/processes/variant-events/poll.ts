// The child lives by its event loop; the parent hears of its end by SIGCHLD and asks then.
import { WIFSIGNALED, WNOHANG, WTERMSIG, fork, waitpid } from '#posix';
import { constants } from 'node:os';

const child = fork();
if (child === 0) setInterval(() => {}, 1e6);
else {
  const timer = setInterval(look, 20);
  console.log(`${child} works`);
  let rest = '';
  process.stdin.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'stop') process.kill(child);
      else console.log(`${child} is running`);
    }
  });
  function look(): void {
    const [found, status] = waitpid(-1, WNOHANG);
    if (found !== child) return;
    clearInterval(timer);
    const name = Object.entries(constants.signals).find(([, n]) => n === WTERMSIG(status))?.[0];
    console.log(`${child} ended: ${WIFSIGNALED(status) ? `killed by ${name}` : status}`);
    process.exit(0);
  }
}
