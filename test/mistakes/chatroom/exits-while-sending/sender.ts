// What was handed over has been sent.
import { createInterface } from 'node:readline';
import { LONGEST_DATAGRAM } from './protocol.ts';

const [, , name] = process.argv;

// Ctrl+C reaches every process of the terminal: the parent says goodbye first, then closes the channel.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit(); // the parent has ended while this process was starting

const keyboard = createInterface({ input: process.stdin });
keyboard.on('line', (line) => {
  if (line.trim() === 'quit') process.exit();
  if (line.trim() === '') return;
  const request = `C ${name} ${line}`;
  if (Buffer.byteLength(request) <= LONGEST_DATAGRAM) process.send?.(request);
  else console.error('client: this line does not fit into a datagram, so it was not sent');
});
keyboard.once('close', () => process.exit());
