import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.send('anybody?', 1, '127.0.0.1', (error) => {
  console.log((error as NodeJS.ErrnoException | null)?.code ?? 'sent');
  socket.close();
});
