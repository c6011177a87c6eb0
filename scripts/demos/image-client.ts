// The demo of image-client: two real pictures in one write, a text that calls itself a picture, and a size that lies.
import type { Demo } from '../commands/demo.ts';
import { QR_CODE, RED_AND_YELLOW } from '../../test/image-client/pictures.ts';

const demo: Demo = {
  actors: ['client 1', 'server', 'client 2'],
  about:
    'Two pictures come as one, and their replies in order. A text is no picture, and no fault of the stream; 4 GiB are.',
  async play(trial) {
    const server = await trial.start('server', ['--port', '0']);
    const address = await server.ready();

    const first = await trial.connect(address);
    const reply = async (what: string) => {
      const length = (await first.receive(4, `the length of ${what}`)).readUInt32BE();
      await first.receive(length, what);
    };
    trial.note('a QR code and a JPEG in one write: two replies');
    await first.send(Buffer.concat([request('条码', QR_CODE), request('颜色', RED_AND_YELLOW)]));
    await reply('the reply to the QR code');
    await reply('the reply to the JPEG');
    trial.note('a text is no picture: an error, and it goes on');
    await first.send(request('格式', Buffer.from('只是文字')));
    await reply('the error');

    const second = await trial.connect(address);
    trial.note('a picture of 4 GiB: an error, and the end');
    await second.send(request('格式', Buffer.alloc(0), 2 ** 32 - 1));
    await second.over('after such a size');

    await first.send(request('格式', RED_AND_YELLOW));
    await reply('the reply to the next picture');
    first.end();
    await first.receiveToEnd('a FIN');
    server.signal('SIGTERM');
    await server.ended('after SIGTERM');
  },
};

export default demo;

function request(category: string, picture: Buffer, size = picture.length): Buffer {
  const name = Buffer.from(category);
  const head = Buffer.alloc(2 + name.length + 4);
  head.writeUInt16BE(name.length, 0);
  name.copy(head, 2);
  head.writeUInt32BE(size, 2 + name.length);
  return Buffer.concat([head, picture]);
}
