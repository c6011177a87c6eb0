// The same site on two ports by one process: two sockets that listen, one event loop for both.
//
//   npm run ex -- two-ports one-process --solution
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('one-process');

const servers = ports.map((port) =>
  serve({ host, port }, (why) => {
    console.error(`one-process: ${why}`);
    process.exit(1); // the other port goes with it
  }),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });
