import { fork, wait, _exit } from '#posix';

let x = 1;
if (fork() === 0) {
  x += 1;
  console.log(x);
  _exit(0);
}
wait();
console.log(x);
