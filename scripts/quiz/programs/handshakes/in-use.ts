import { createServer, type AddressInfo } from 'node:net';

const first = createServer().listen(0, '127.0.0.1', () => {
  const { port } = first.address() as AddressInfo;
  const second = createServer().listen(port, '127.0.0.1');
  second.on('listening', () => console.log('listening'));
  second.on('error', (error: NodeJS.ErrnoException) => {
    console.log(error.code);
    first.close();
  });
});
