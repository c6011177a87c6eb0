// Tries to fork in a worker thread, and prints what comes of it.
import { isMainThread, Worker } from 'node:worker_threads';
import { fork } from '#posix';

if (isMainThread) {
  new Worker(new URL(import.meta.url)).once('error', ({ message }) => console.log(message));
} else {
  fork();
}
