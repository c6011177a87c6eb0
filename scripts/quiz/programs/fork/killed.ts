import {
  fork,
  kill,
  sleep,
  waitpid,
  WEXITSTATUS,
  WIFEXITED,
} from '#posix';

const child = fork();
if (child === 0) for (;;) sleep(1);
kill(child, 'SIGKILL');
const [, status] = waitpid(child);
console.log(WEXITSTATUS(status), WIFEXITED(status));
