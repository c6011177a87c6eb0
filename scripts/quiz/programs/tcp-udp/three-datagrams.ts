import { createSocket } from 'node:dgram';

const got: string[] = [];
const socket = createSocket('udp4', (datagram) => {
  got.push(`${datagram}`);
  if (got.length < 3) return;
  console.log(got.join('|'));
  socket.close();
});
socket.bind(0, '127.0.0.1', () => {
  for (const text of ['one', '', 'two'])
    socket.send(text, socket.address().port, '127.0.0.1');
});
