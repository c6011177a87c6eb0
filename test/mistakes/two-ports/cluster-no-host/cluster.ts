// The same site on two ports by node:cluster: the primary starts this file anew for each port, with its own flags, and has
// a pipe to each worker. What a fork is made for by hand in server.ts is built in here.
//
//   npm run ex -- two-ports cluster --solution
import cluster, { type Worker } from 'node:cluster';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('cluster');
/** The exit status by which a worker says: I cannot have my port, and the user knows why. */
const CANNOT_LISTEN = 69;

if (cluster.isPrimary) startWorkers();
else work(Number(process.env.OWN_PORT));

function startWorkers(): void {
  const portOf = new Map<Worker, number>();
  let ending: number | undefined;
  // A worker is a new program, not a copy: what it has to know is handed over, here by its environment.
  for (const port of ports) portOf.set(cluster.fork({ OWN_PORT: `${port}` }), port);

  const end = (status: number) => {
    ending ??= status;
    for (const worker of portOf.keys()) worker.process.kill('SIGTERM');
  };
  // Node has reaped the worker already: there is no wait to call, and no zombie.
  cluster.on('exit', (worker, status: number | null, signal: string | null) => {
    const port = portOf.get(worker);
    portOf.delete(worker);
    if (status === CANNOT_LISTEN) end(1);
    else if (ending === undefined) {
      const how = signal ? `killed by ${signal}` : `ended with status ${status}`;
      console.error(`cluster: port ${port}, process ${worker.process.pid}: ${how}`);
    }
    if (portOf.size === 0) process.exit(ending ?? 1);
  });
  process.on('SIGINT', () => end(0));
  process.on('SIGTERM', () => end(0));
}

/** A worker ends by itself when its primary has ended: node:cluster sees to it. */
function work(port: number): void {
  process.on('SIGINT', () => {}); // Ctrl+C reaches the workers too, and is for the primary to answer
  // exclusive: a socket of its own. Without it the primary listens, and workers that name the same port (0, too) share one.
  serve({ port, exclusive: true }, (why) => {
    console.error(`cluster: ${why.replace('undefined', host)}`);
    process.exit(CANNOT_LISTEN);
  });
}
