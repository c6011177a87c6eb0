import { connect, createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.resume().on('end', () => {
    setTimeout(() => socket.end('answer'), 10);
  });
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').end('question');
  console.log(JSON.stringify(await text(client)));
  server.close();
});
