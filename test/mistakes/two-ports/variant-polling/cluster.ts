// Built in another way: a worker asks for its port, and says by a message that it cannot have it.
import cluster from 'node:cluster';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('cluster');
const workers = new Map<number, number>();
let status = 1;
let stopping = false;

if (cluster.isPrimary) {
  for (const port of ports) {
    const worker = cluster.fork();
    workers.set(worker.id, port);
    worker.on('message', (word) => {
      if (word === 'which port?') worker.send(port);
      if (word === 'refused') stop(1);
    });
    worker.on('exit', (code, signal) => {
      if (!stopping)
        console.error(
          `cluster: ${workers.get(worker.id)} ${worker.process.pid} ${signal ?? `status ${code}`}`,
        );
      workers.delete(worker.id);
      if (workers.size === 0) process.exit(status);
    });
  }
  process.on('SIGINT', () => stop(0));
  process.on('SIGTERM', () => stop(0));
} else {
  process.on('SIGINT', () => {});
  process.on('message', (port: number) =>
    serve({ host, port, exclusive: true }, (why) => {
      console.error(`cluster: ${why}`);
      process.send?.('refused');
    }),
  );
  process.send?.('which port?');
}

function stop(how: number): void {
  stopping = true;
  status = how;
  for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
}
