import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const server = createServer(async (socket) => {
  console.log(await text(socket));
  server.close();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  for (const part of ['one', '', 'two']) client.write(part);
  client.end();
});
