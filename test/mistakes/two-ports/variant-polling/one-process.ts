// Built in another way: the second port is opened when the first one listens, and both are closed at the end.
import type { Server } from 'node:http';
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('one-process');
const servers: Server[] = [];
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
openNext();

function openNext(): void {
  const port = ports[servers.length];
  if (port === undefined) return;
  const server = serve({ host, port }, (why) => {
    console.error(`one-process: ${why}`);
    process.exitCode = 1;
    stop();
  });
  servers.push(server);
  server.once('listening', openNext);
}

function stop(): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}
