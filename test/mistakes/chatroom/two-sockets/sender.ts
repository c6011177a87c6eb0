// Sends each line by a socket of its own.
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { LONGEST_DATAGRAM } from './protocol.ts';

const [, , name, host, port] = process.argv;
const socket = createSocket('udp4');

// Ctrl+C reaches every process of the terminal: the parent says goodbye first, then closes the channel.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit(); // the parent has ended while this process was starting

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'quit') break;
  if (line.trim() === '') continue;
  const request = `C ${name} ${line}`;
  if (Buffer.byteLength(request) <= LONGEST_DATAGRAM) await send(request);
  else console.error('client: this line does not fit into a datagram, so it was not sent');
}
socket.close();
process.disconnect(); // the parent sees it, and says goodbye

function send(request: string): Promise<void> {
  return new Promise((resolve) => socket.send(request, Number(port), host, () => resolve()));
}
