// A line is a line, also an empty one.
import { createInterface } from 'node:readline';
import { LONGEST_DATAGRAM } from './protocol.ts';

const [, , name] = process.argv;

// Ctrl+C reaches every process of the terminal: the parent says goodbye first, then closes the channel.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit(); // the parent has ended while this process was starting

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'quit') break;
  const request = `C ${name} ${line}`;
  if (Buffer.byteLength(request) <= LONGEST_DATAGRAM) await hand(request);
  else console.error('client: this line does not fit into a datagram, so it was not sent');
}
process.disconnect(); // the parent sees it, and says goodbye

/** Resolves when the request is in the channel. An exit before that would lose it. */
function hand(request: string): Promise<void> {
  return new Promise((resolve) => process.send?.(request, undefined, undefined, () => resolve()));
}
