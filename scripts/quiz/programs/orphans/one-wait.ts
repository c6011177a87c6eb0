import { fork, wait, _exit } from '#posix';

for (let i = 0; i < 3; i += 1) if (fork() === 0) _exit(0);
let reaped = 0;
try {
  for (;;) {
    wait();
    reaped += 1;
  }
} catch (error) {
  console.log(reaped, (error as NodeJS.ErrnoException).code);
}
