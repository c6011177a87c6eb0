import { fork, wait, WEXITSTATUS, _exit } from '#posix';

if (fork() === 0) _exit(256);
const [, status] = wait();
console.log(WEXITSTATUS(status));
