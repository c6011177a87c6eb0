// The demo of event-loop: three clients ask a server that answers late, first by timers, then by a call that blocks.
import type { StreamPeer } from '../../test/harness/stream-peer.ts';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const CLIENTS = ['老王', '小红', '小李'];
const DELAY = 300;

const demo: Demo = {
  actors: [...CLIENTS, 'server'],
  about: `Three clients ask at the same moment. The server answers after ${DELAY} ms: by timers, then by a call that blocks.`,
  async play(trial) {
    await ask(trial, 'by timers', []);
    await ask(trial, 'by a call that blocks', ['--block']);
  },
};

async function ask(trial: Trial, how: string, options: readonly string[]): Promise<void> {
  const server = await trial.start('server', ['--port', '0', '--delay', `${DELAY}`, ...options]);
  const address = await server.ready();
  const clients: StreamPeer[] = [];
  for (const name of CLIENTS) clients.push(await trial.connect(address, name));
  const began = performance.now();
  for (const client of clients) void client.send('在吗');
  const took = await Promise.all(
    clients.map(async (client) => {
      await client.receive(6, 'the echo', { patience: 20_000, mayRest: true });
      return `${client.actor} ${Math.round(performance.now() - began)} ms`;
    }),
  );
  trial.note(`${how}: ${took.join(', ')}`);
  server.signal('SIGTERM');
  await server.ended('after SIGTERM');
}

export default demo;
