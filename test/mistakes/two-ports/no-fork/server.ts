// Serves the site on two ports.
import { readOptions } from './options.ts';
import { serve } from './site.ts';

const { host, ports } = readOptions('server');
for (const port of ports) {
  serve({ host, port }, (why) => {
    console.error(`server: ${why}`);
    process.exit(1);
  });
}
process.on('SIGINT', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
