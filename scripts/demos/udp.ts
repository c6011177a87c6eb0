// The demo of udp: a question and an answer are lost on the wire; then thousands of datagrams are lost without any wire.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trial } from '../../test/harness/trial.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['client', 'server'],
  about: 'First the wire loses two datagrams. Then a receiver is busy: how much does it lose?',
  async play(trial) {
    await loseOnTheWire(trial);
    await loseInTheReceiver(trial);
  },
};

export default demo;

/** The first question is lost, then the answer to its repeat; the third try gets through, and its answer comes twice. */
async function loseOnTheWire(trial: Trial): Promise<void> {
  const server = await trial.start('server', ['--port', '0']);
  const wire = await trial.datagramRelay(
    await server.ready(),
    ({ direction, index }) => {
      if (index === 0) return 'drop';
      return direction === 'to-client' && index === 1 ? 'duplicate' : 'pass';
    },
    () => 'client',
  );
  const client = await trial.start('client', ['--port', String(wire.port), '--timeout', '100']);
  client.write('吃了么\n');
  await client.line((line) => line === '吃了么', 'the answer');
  client.endInput();
  await client.ended('at the end of its input');
  server.signal('SIGTERM');
  await server.ended('after SIGTERM');
}

const TOTAL = 5_000;
const SIZE = 500;

/**
 * Sends to a socket of this very process, in one go: until the last datagram is sent, its loop cannot read. Nothing
 * is lost on the way, for there is none; but the kernel keeps only what fits into the receive buffer.
 */
async function loseInTheReceiver(trial: Trial): Promise<void> {
  trial.note('Now a receiver that is busy for a moment, and does not read.');
  trial.note(`${TOTAL.toLocaleString('en')} datagrams of ${SIZE} bytes arrive meanwhile.`);
  trial.note('How many of them will it get? Guess before you read on.');
  await sleep(4_000);
  const receiver = createSocket('udp4');
  const sender = createSocket('udp4');
  let got = 0;
  receiver.on('message', () => (got += 1));
  try {
    receiver.bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    sender.connect(receiver.address().port, '127.0.0.1');
    await once(sender, 'connect');
    const datagram = Buffer.alloc(SIZE, '老');
    const began = performance.now();
    for (let sent = 0; sent < TOTAL; sent += 1) sender.send(datagram);
    const took = Math.round(performance.now() - began);
    await sleep(300); // far longer than it takes to read what there is
    const arrow = { from: 'client', to: 'server', bytes: datagram };
    trial.exchange.record({ ...arrow, kind: 'datagram', note: `${got} such came` });
    trial.exchange.record({ ...arrow, kind: 'dropped', note: `${TOTAL - got} did not` });
    trial.note(`All were sent within ${took} ms, and send() complained about none.`);
    trial.note(
      `The receive buffer has ${receiver.getRecvBufferSize().toLocaleString('en')} bytes.`,
    );
    trial.note('What came while it was full, the kernel threw away.');
  } finally {
    receiver.close();
    sender.close();
  }
}
