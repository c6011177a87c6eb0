// tcp-echo: round trips of 64 connections against a Python server with a thread for each, and one long stream against socat.
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import { seededRandom } from '../../test/harness/random.ts';
import type { Bench } from './contest.ts';
import { lacks, peer, shipped } from './ground.ts';
import { serve, type Server } from './process.ts';

const CONNECTIONS = 64;
const MESSAGE = 1024;
const ROUND_TRIPS = 60_000;
const STREAM = 2 ** 30;

export async function tcpEcho(rounds: number): Promise<Bench> {
  const ours = await serve(process.execPath, [
    join(await shipped('tcp-echo'), 'server.js'),
    '--port',
    '0',
  ]);
  const noPython = lacks('python3');
  const noSocat = lacks('socat');
  const python = noPython ? undefined : await serve('python3', [peer('echo-threads.py')]);
  const port = await freePort(seededRandom('socat'));
  const socat = noSocat
    ? undefined
    : await serve('socat', [`TCP-LISTEN:${port},bind=127.0.0.1,fork,backlog=128`, 'PIPE']);
  const measure = (server: Server | undefined, how: (port: number) => Promise<number>) => () =>
    how(server?.port ?? 0);
  return {
    contests: [
      {
        name: `tcp-echo, ${CONNECTIONS} connections, round trips of ${MESSAGE} bytes`,
        unit: 'round trips a second',
        higherIsBetter: true,
        rounds,
        target: '2 times the Python server',
        contenders: [
          { name: 'the solution', measure: measure(ours, roundTrips) },
          {
            name: 'Python, a thread a connection',
            missing: noPython,
            measure: measure(python, roundTrips),
          },
        ],
      },
      {
        name: 'tcp-echo, 1 GiB there and back in one stream',
        unit: 'MB/s',
        higherIsBetter: true,
        rounds,
        target: '0.7 of socat',
        contenders: [
          { name: 'the solution', measure: measure(ours, stream) },
          { name: 'socat', missing: noSocat, measure: measure(socat, stream) },
        ],
      },
    ],
    async close() {
      await Promise.all([ours.stop(), python?.stop(), socat?.stop()]);
    },
  };
}

/** Each connection sends a message, waits until it is back, and sends the next. */
async function roundTrips(port: number): Promise<number> {
  const message = Buffer.alloc(MESSAGE, '老王');
  let left = ROUND_TRIPS;
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      let missing = MESSAGE;
      const socket = connect({
        host: '127.0.0.1',
        port,
        noDelay: true,
        onread: {
          buffer: Buffer.alloc(64 * 1024),
          callback(length) {
            missing -= length;
            if (missing > 0) return true;
            missing += MESSAGE;
            left -= 1;
            if (left >= CONNECTIONS) socket.write(message);
            else if (left <= 0) socket.emit('through');
            return true;
          },
        },
      });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const through = Promise.race(sockets.map((socket) => once(socket, 'through')));
  const began = performance.now();
  for (const socket of sockets) socket.write(message);
  await through;
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.destroy();
  return ROUND_TRIPS / seconds;
}

/** Sends and receives at the same time. The buffer that is read into is one and the same: nothing of it is kept. */
async function stream(port: number): Promise<number> {
  const chunk = Buffer.alloc(2 ** 20, 0x41);
  let received = 0;
  const socket = connect({
    host: '127.0.0.1',
    port,
    onread: {
      buffer: Buffer.alloc(2 ** 20),
      callback(length) {
        received += length;
        if (received === STREAM) socket.emit('through');
        return true;
      },
    },
  });
  await once(socket, 'connect');
  const through = once(socket, 'through');
  const began = performance.now();
  for (let sent = 0; sent < STREAM; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  await through;
  const seconds = (performance.now() - began) / 1000;
  socket.destroy();
  return STREAM / 1e6 / seconds;
}
