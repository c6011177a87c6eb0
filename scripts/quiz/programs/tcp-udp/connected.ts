import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('error', (error: NodeJS.ErrnoException) => {
  console.log(error.code);
  socket.close();
});
socket.connect(1, '127.0.0.1', () => socket.send('anybody?'));
