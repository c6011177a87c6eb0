// The demo of http-server: a browser's two requests in one piece, a path that leads out, and half a request.
import { hear } from '../../test/harness/http-peer.ts';
import type { Demo } from '../commands/demo.ts';

const demo: Demo = {
  actors: ['client 1', 'server', 'client 2'],
  about:
    'One client asks twice on one connection; the other wants what is not for it, and then does not finish.',
  async play(trial) {
    await trial.write('www/index.html', '<meta charset="utf-8"><h1>你好</h1>');
    await trial.write('www/茶.txt', '绿茶');
    await trial.write('secret.txt', '秘密');
    const args = ['--root', 'www', '--port', '0', '--timeout', '0.5'];
    const server = await trial.start('server', args);
    const address = await server.ready();
    const first = await trial.connect(address);
    const second = await trial.connect(address);
    const host = '\r\nHost: a\r\n\r\n';
    await first.send(`GET / HTTP/1.1${host}GET /%E8%8C%B6.txt HTTP/1.1${host}`);
    for (const count of ['first', 'second']) await hear(trial, first, `the ${count} answer`);
    await second.send(`GET /../secret.txt HTTP/1.1${host}`);
    await hear(trial, second, '403');
    await second.send('GET / HT');
    await hear(trial, second, '408, after half a second', {}, { mayRest: true });
    second.end();
    server.signal('SIGTERM');
    await server.ended('after SIGTERM');
  },
};

export default demo;
