import { createServer, type AddressInfo } from 'node:net';

const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(port === 0);
  server.close();
});
