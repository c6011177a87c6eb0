// The demo of file-transfer: a file that arrives whole, one that breaks off, and a name that leads out of the directory.
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['receiver', 'sender 1', 'sender 2'],
  about:
    'One file comes in pieces and is stored. One ends too early, and one has a name that nobody should follow: both get ERR.',
  async play(trial) {
    const inbox = join(trial.directory, 'inbox');
    await mkdir(inbox, { recursive: true });
    const receiver = await trial.start('receiver', ['--dir', inbox, '--port', '0']);
    const address = await receiver.ready();
    const content = Buffer.from('吃了么？');

    const first = await trial.connect(address, 'sender 1', 'receiver');
    trial.note('the header: 10 bytes of name, the name, 12 bytes of file');
    await first.send(header('照片.jpg', content.length));
    await first.send(content.subarray(0, 7));
    await first.send(content.subarray(7));
    first.end();
    await first.receiveToEnd('OK and the sha256');
    trial.note(`in the directory: ${(await trial.names(inbox)).join(', ')}`);
    trial.note(`sha256 of what was sent: ${createHash('sha256').update(content).digest('hex')}`);

    const second = await trial.connect(address, 'sender 2', 'receiver');
    trial.note('12 bytes are announced, 6 come');
    await second.send(header('半.jpg', content.length));
    await second.send(content.subarray(0, 6));
    second.end();
    await second.receiveToEnd('ERR and a reason');

    const third = await trial.connect(address, 'sender 2', 'receiver');
    await third.send(header('../x.txt', 1));
    await third.receiveToEnd('ERR and a reason');
    third.end();
    trial.note(`in the directory: ${(await trial.names(inbox)).join(', ')}`);

    receiver.signal('SIGTERM');
    await receiver.ended('after SIGTERM');
  },
};

export default demo;

function header(name: string, size: number): Buffer {
  const bytes = Buffer.from(name);
  const header = Buffer.alloc(2 + bytes.length + 8);
  header.writeUInt16BE(bytes.length, 0);
  bytes.copy(header, 2);
  header.writeBigUInt64BE(BigInt(size), 2 + bytes.length);
  return header;
}
