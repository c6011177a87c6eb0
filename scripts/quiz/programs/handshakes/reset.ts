import { connect, createServer, type AddressInfo } from 'node:net';

const server = createServer((socket) => socket.resetAndDestroy());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').resume();
  client.on('end', () => console.log('end'));
  client.on('error', (error: NodeJS.ErrnoException) =>
    console.log(error.code),
  );
  client.on('close', () => server.close());
});
