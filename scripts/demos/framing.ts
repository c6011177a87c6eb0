// The demo of framing: frames that arrive together, one that is cut in the middle of a character, and a length that lies.
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['client 1', 'server', 'client 2'],
  about:
    'Two frames come as one chunk, a third one in three pieces. Then a stranger announces 4 GiB, and is cut off.',
  async play(trial) {
    const server = await trial.start('server', ['--port', '0']);
    const address = await server.ready();

    const first = await trial.connect(address);
    trial.note('two frames in one write: two messages, two receipts');
    await first.send(Buffer.concat([frame('吃了么'), frame('ok')]));
    await first.receive(24, 'two receipts');

    trial.note('one frame in three pieces: a cut length, a cut character');
    const bytes = frame('没呢');
    for (const piece of [bytes.subarray(0, 2), bytes.subarray(2, 8), bytes.subarray(8)]) {
      await first.send(piece);
      await trial.happenings.rest();
    }
    await first.receive(12, 'one receipt');

    const second = await trial.connect(address);
    trial.note('four bytes that announce 4 GiB');
    await second.send(frame('', 2 ** 32 - 1));
    await second.over('after such a length');

    await first.send(frame('还在吗'));
    await first.receive(12, 'the next receipt');
    first.end();
    await first.receiveToEnd('a FIN');
    server.signal('SIGTERM');
    await server.ended('after SIGTERM');
  },
};

export default demo;

function frame(text: string, length = Buffer.byteLength(text)): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return Buffer.concat([head, Buffer.from(text)]);
}
