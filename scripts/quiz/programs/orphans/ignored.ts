import { fork, signal, SIG_IGN, wait, _exit } from '#posix';

signal('SIGCHLD', SIG_IGN);
if (fork() === 0) _exit(3);
try {
  wait();
  console.log('reaped');
} catch (error) {
  console.log((error as NodeJS.ErrnoException).code);
}
