import { fork } from 'node:child_process';

let x = 1;
if (process.send) {
  process.send(x);
} else {
  x = 2;
  const child = fork(process.argv[1] ?? '');
  child.on('message', (message) => console.log(message));
}
