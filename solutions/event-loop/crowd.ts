// A crowd of clients in one program: many that connect and say nothing, and a few that all ask at the same moment. Done for
// you: it shows what a server does to all of them.
//
// Try it while a server runs:
//   npm run ex -- event-loop crowd -- --idle 1000 --ask 5
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

/** So many connect at once: fewer than may wait in the backlog of any server. */
const BATCH = 50;
const { host, port, idle, ask } = readOptions();

try {
  const crowd = await open(idle);
  console.log(`${crowd.length} clients are connected and say nothing`);
  const askers = await open(ask);
  const began = performance.now();
  await Promise.all(askers.map((socket, index) => question(socket, index + 1, began)));
  for (const socket of [...crowd, ...askers]) socket.destroy();
} catch (error) {
  console.error(`crowd: ${host}:${port}: ${(error as Error).message}`);
  process.exit(1);
}

/** Opens `count` connections, batch by batch. */
async function open(count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () =>
      connect({ host, port }),
    );
    await Promise.all(batch.map((socket) => once(socket, 'connect')));
    sockets.push(...batch);
  }
  return sockets;
}

/** Asks, waits for the first bytes of the answer, and says how long that took. */
async function question(socket: Socket, number: number, began: number): Promise<void> {
  socket.write(`我是第 ${number} 个`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  console.log(`${answer.toString('utf8')}: ${Math.round(performance.now() - began)} ms`);
}

function readOptions(): { host: string; port: number; idle: number; ask: number } {
  try {
    const { values } = parseArgs({
      options: {
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '8888' },
        idle: { type: 'string', default: '1000' },
        ask: { type: 'string', default: '5' },
      },
    });
    const [port, idle, ask] = [values.port, values.idle, values.ask].map(wholeNumber);
    return { host: values.host, port: port ?? 0, idle: idle ?? 0, ask: ask ?? 0 };
  } catch {
    console.error('usage: crowd [--host HOST] [--port PORT] [--idle N] [--ask N]');
    process.exit(2);
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new RangeError('no whole number');
  return Number(text);
}
