// A crowd: more clients at once than a ladder could draw. They are kept out of the exchange.
import { connect as dial, type Socket } from 'node:net';
import type { Address } from './program.ts';
import type { Trial } from './trial.ts';

export interface Crowd {
  /** How many of them are connected, as far as the kernel is concerned; the server may not have accepted them yet. */
  readonly connected: number;
  /** How many the server has got rid of. */
  readonly lost: number;
  /** Each sends what `words` says for its number, from 0. */
  say(words: (number: number) => string): void;
  /** What the client of this number has got. */
  heard(number: number): string;
}

/** So many connect at once: fewer than may wait in any server's backlog. */
const BATCH = 50;

/** Connects `count` clients, batch by batch; resolves when all are through, or nothing more happens. */
export async function openCrowd(
  trial: Trial,
  { host, port }: Address,
  count: number,
): Promise<Crowd> {
  const { happenings } = trial;
  const sockets: Socket[] = [];
  const heard: Buffer[][] = [];
  let connected = 0;
  let lost = 0;
  await trial.own(Promise.resolve(sockets), () => sockets.forEach((socket) => socket.destroy()));
  while (sockets.length < count) {
    const end = Math.min(sockets.length + BATCH, count);
    while (sockets.length < end) {
      const socket = dial({ host, port, noDelay: true });
      const chunks: Buffer[] = [];
      sockets.push(socket);
      heard.push(chunks);
      const happened = (what: () => void) => () => {
        what();
        happenings.happened();
      };
      socket.once(
        'connect',
        happened(() => (connected += 1)),
      );
      socket.once(
        'close',
        happened(() => (lost += 1)),
      );
      socket.on('error', () => {}); // 'close' follows
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        happenings.happened();
      });
    }
    await happenings.rest(() => connected + lost >= sockets.length, { patience: 20_000 });
  }
  return {
    get connected() {
      return connected;
    },
    get lost() {
      return lost;
    },
    say: (words) => sockets.forEach((socket, number) => socket.write(words(number))),
    heard: (number) => Buffer.concat(heard[number] ?? []).toString('utf8'),
  };
}
