import { fork, wait, _exit } from '#posix';

const pid = fork();
if (pid === 0) {
  console.log(pid);
  _exit(0);
}
const [ended] = wait();
console.log(ended === pid);
