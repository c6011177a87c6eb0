// Keeps the lines in a variable, as if the parent could see it.
import { createInterface } from 'node:readline';

export const lines: string[] = [];

process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
if (!process.connected) process.exit();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') lines.push(line);
}
process.disconnect();
