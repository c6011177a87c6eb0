// chatroom: what one of 100 people says, sent on to the 99 others, against the course's way in Python.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bench, Contest } from './contest.ts';
import { lacks, peer, shipped } from './ground.ts';
import { serve, type Server } from './process.ts';

const PEOPLE = 100;
const MESSAGES = 2_000;
const BYTES = 64;
const WINDOW = 64;
const BUFFER = 4 * 2 ** 20;
/** Datagrams that have not come after this many milliseconds without any are lost. */
const QUIET = 500;

export async function chatroom(rounds: number): Promise<Bench> {
  const ours = await serve(process.execPath, [
    join(await shipped('chatroom'), 'server.js'),
    '--port',
    '0',
  ]);
  const noPython = lacks('python3');
  const python = noPython ? undefined : await serve('python3', [peer('chat-server.py')]);

  const contest = (name: string, window: number, target: string): Contest => {
    const contender = (name: string, server: Server | undefined, missing?: string) => {
      let lost = 0;
      let sent = 0;
      return {
        name,
        missing,
        async measure() {
          const result = await talk(server?.port ?? 0, window);
          lost += result.lost;
          sent += MESSAGES * (PEOPLE - 1);
          return result.rate;
        },
        aside: () => `lost ${((100 * lost) / sent).toFixed(2)} %`,
      };
    };
    return {
      name: `chatroom, ${PEOPLE} people, ${MESSAGES.toLocaleString('en')} messages of ${BYTES} bytes, ${name}`,
      unit: 'deliveries a second',
      higherIsBetter: true,
      rounds,
      target,
      contenders: [
        contender('the solution', ours),
        contender("Python, the course's loop", python, noPython),
      ],
    };
  };
  return {
    contests: [
      contest(`at most ${WINDOW} under way`, WINDOW, '1.0 of the Python server, nothing lost'),
      contest('all at once, buffers of 4 MiB', Infinity, 'nothing lost'),
    ],
    async close() {
      await Promise.all([ours.stop(), python?.stop()]);
    },
  };
}

/** One person talks, the others count what they hear. */
async function talk(port: number, window: number): Promise<{ rate: number; lost: number }> {
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, who) => login(who, port)));
  const [speaker, ...others] = people as [Socket, ...Socket[]];
  const message = Buffer.from('C 0 '.padEnd(BYTES, '.'));
  let heard = 0;
  let last = performance.now();
  let wake = () => {};
  // What the others were told while everybody came in is not counted.
  for (const other of others) {
    other.on('message', (datagram) => {
      if (!datagram.toString('latin1').startsWith('0 : ')) return;
      heard += 1;
      last = performance.now();
      wake();
    });
  }
  const silence = setInterval(() => wake(), QUIET / 4);
  const heardOrQuiet = async (enough: number) => {
    while (heard < enough && performance.now() - last < QUIET)
      await new Promise<void>((resolve) => (wake = resolve));
  };
  const began = performance.now();
  last = began;
  for (let sent = 0; sent < MESSAGES; sent += 1) {
    const enough = (sent - window) * others.length;
    if (heard < enough) await heardOrQuiet(enough);
    speaker.send(message, port, '127.0.0.1');
  }
  await heardOrQuiet(MESSAGES * others.length);
  clearInterval(silence);
  const rate = heard / ((last - began) / 1000);
  await Promise.all(people.map((one, who) => leave(one, who, port)));
  return { rate, lost: MESSAGES * others.length - heard };
}

async function login(who: number, port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await answered(socket, `L ${who}`, 'OK', port);
  return socket;
}

async function leave(socket: Socket, who: number, port: number): Promise<void> {
  await answered(socket, `Q ${who}`, 'EXIT', port);
  socket.close();
}

/** Asks until the answer has come: others speak in between, and a datagram may be lost. */
async function answered(socket: Socket, request: string, answer: string, port: number) {
  const ask = () => socket.send(request, port, '127.0.0.1');
  const again = setInterval(ask, 200);
  await new Promise<void>((resolve) => {
    const hear = (datagram: Buffer) => {
      if (datagram.toString() !== answer) return;
      socket.off('message', hear);
      resolve();
    };
    socket.on('message', hear);
    ask();
  });
  clearInterval(again);
}
