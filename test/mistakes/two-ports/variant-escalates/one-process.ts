// The same site on two ports by one process: two sockets that listen, one event loop for both.
//
//   npm run ex -- two-ports one-process --solution
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('one-process');

for (const port of ports) {
  serve({ host, port }, (why) => {
    console.error(`one-process: ${why}`);
    process.exit(1); // the other port goes with it
  });
}
// Nothing has to be ended but the process itself: the kernel closes both sockets.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
