// The administrator's console, a child process of the server: hands each line of the keyboard to its parent.
//
// It never speaks to the network. If the server took such lines from the network, anybody could be the administrator.
import { createInterface } from 'node:readline';

// Ctrl+C reaches every process of the terminal. The server decides, and closes the channel when it ends.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit(); // the server has ended while this process was starting

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') await hand(line);
}
// At the end of the input only the console ends: a server in the background has no keyboard at all.
process.disconnect();

/** Resolves when the line is in the channel. An exit before that would lose it. */
function hand(line: string): Promise<void> {
  return new Promise((resolve) => process.send?.(line, undefined, undefined, () => resolve()));
}
