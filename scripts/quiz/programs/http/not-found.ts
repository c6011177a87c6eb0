import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((_, response) => {
  response.writeHead(404, { Connection: 'close' }).end();
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/menu`).catch(
    () => undefined,
  );
  console.log(answer === undefined ? 'rejected' : answer.ok);
  server.close();
});
