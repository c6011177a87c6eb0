// The demo of tcp-echo: two clients, one of them Chinese, one of them gone in the middle.
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['client 1', 'server', 'client 2'],
  about:
    'Two clients talk to one echo server at once; one ends its side first, the other breaks off.',
  async play(trial) {
    const server = await trial.start('server', ['--port', '0']);
    const address = await server.ready();
    const first = await trial.connect(address);
    const second = await trial.connect(address);
    await first.send('你好，老王\n');
    await first.receive(16, 'the echo');
    await second.send(Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    await second.receive(4, 'the echo');
    await first.send('再见');
    first.end();
    await first.receiveToEnd('the rest of the echo, and a FIN');
    second.reset();
    server.signal('SIGTERM');
    await server.ended('after SIGTERM');
  },
};

export default demo;
