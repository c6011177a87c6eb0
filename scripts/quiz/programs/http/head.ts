import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const server = createServer((_, response) => {
  response.setHeader('Content-Length', 5).end('hello');
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const head = request({ host: '127.0.0.1', port, method: 'HEAD' });
  head.end().on('response', async (response) => {
    const body = await text(response);
    console.log(response.headers['content-length'], body.length);
    server.close();
  });
});
