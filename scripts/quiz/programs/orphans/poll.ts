import { fork, kill, sleep, waitpid, WNOHANG, _exit } from '#posix';

const child = fork();
if (child === 0) for (;;) sleep(1);
const [pid] = waitpid(child, WNOHANG);
console.log(pid);
kill(child, 'SIGKILL');
waitpid(child);
_exit(0);
