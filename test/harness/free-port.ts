// A port that nobody uses, for the few checks that must name one. Everything else listens on port 0 and reads it back.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SeededRandom } from './random.ts';

/**
 * Finds a free TCP port of 127.0.0.1 between 20000 and 29999: below the range from which the kernel takes the ports of
 * outgoing connections (ip_local_port_range, ip(7)), so that no connection can sit on it by chance.
 */
export async function freePort(random: SeededRandom): Promise<number> {
  for (;;) {
    const port = random.int(20_000, 29_999);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
      probe.close();
      await once(probe, 'close');
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}
