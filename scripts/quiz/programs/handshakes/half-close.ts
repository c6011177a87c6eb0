import { connect, createServer, type AddressInfo } from 'node:net';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.resume().on('end', () => socket.end('answer'));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1', () =>
    client.end('question'),
  );
  client.on('finish', () => console.log('said all'));
  client.on('data', (chunk) => console.log(`${chunk}`));
  client.on('end', () => console.log('heard all'));
  client.on('close', () => server.close());
});
