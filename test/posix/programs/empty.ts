// Forks children that end at once, one after the other, and prints how many milliseconds each took, from fork to reaped.
//   empty <forks>
import { _exit, fork, waitpid } from '#posix';

const forks = Number(process.argv[2]);
const began = performance.now();
for (let fork_ = 0; fork_ < forks; fork_ += 1) {
  const pid = fork();
  if (pid === 0) _exit(0);
  waitpid(pid);
}
console.log((performance.now() - began) / forks);
