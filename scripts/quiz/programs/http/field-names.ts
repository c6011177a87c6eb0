import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  console.log(request.headers.host);
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').resume();
  client.end('GET / HTTP/1.1\r\nhOST: menu\r\n\r\n');
  client.on('close', () => server.close());
});
