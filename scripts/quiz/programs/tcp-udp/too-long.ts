import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.send(Buffer.alloc(70_000), 9, '127.0.0.1', (error) => {
  console.log((error as NodeJS.ErrnoException | null)?.code ?? 'sent');
  socket.close();
});
