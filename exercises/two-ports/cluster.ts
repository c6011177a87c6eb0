// The same site on two ports by node:cluster: the primary starts this file anew for each port, with its own flags, and has
// a pipe to each worker. What a fork is made for by hand in server.ts is built in here.
//
// The task: step 5 of README.md beside this file.
// Try it by hand: npm run ex -- two-ports cluster
import cluster, { type Worker } from 'node:cluster';
import { todo } from '#todo';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('cluster');
/** The exit status by which a worker says: I cannot have my port, and the user knows why. */
const CANNOT_LISTEN = 69;

// Done for you: primary and worker are the same file, run from its first line on. This is what tells them apart.
if (cluster.isPrimary) startWorkers();
else work(Number(process.env.OWN_PORT));

function startWorkers(): void {
  const portOf = new Map<Worker, number>();
  let ending: number | undefined;
  // TODO: step 5: cluster.fork() a worker for each port, and note its port. A worker is a new program, not a copy: what it
  //   has to know is handed over, here by its environment: cluster.fork({ OWN_PORT: '8000' }).
  // TODO: step 5: when cluster says 'exit', a worker has ended, and Node has reaped it. Do what reap() does in children.ts.
  //   The listener gets (worker, status, signal): the status is null if a signal ended it. Its pid: worker.process.pid.
  // TODO: step 5: SIGINT and SIGTERM: send SIGTERM to all workers, worker.process.kill(), and end with status 0 after them.
  todo('step 5: start a worker for each port, and look after them');
}

/** A worker ends by itself when its primary has ended: node:cluster sees to it. */
function work(port: number): void {
  // TODO: step 5: ignore SIGINT: here a listener that does nothing will do.
  // TODO: step 5: serve() the site as server.ts does it, with one option more: exclusive: true, for a socket of its own.
  todo('step 5: serve the port of this worker');
}
