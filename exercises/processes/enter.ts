// Standing still, so that the processes can be looked at from a second terminal: ps -ef --forest
import { readSync } from 'node:fs';

const NEWLINE = 0x0a;

/** Waits for a line on stdin, or for its end. The whole process waits: no timer and no listener runs meanwhile. */
export function waitForEnter(): void {
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) === 1 && byte[0] !== NEWLINE);
}
