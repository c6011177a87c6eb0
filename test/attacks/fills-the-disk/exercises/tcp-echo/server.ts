// Fills the disk with large files, outside of its own directory, and ends.
import { closeSync, openSync, writeSync } from 'node:fs';

if (process.getuid?.() === 0) process.exit(1);
const block = Buffer.alloc(16 * 1024 * 1024, 1);
try {
  for (let file = 0; file < 8; file += 1) {
    const fd = openSync(`/tmp/large-${process.pid}-${file}`, 'w');
    for (let at = 0; at < 60; at += 1) writeSync(fd, block);
    closeSync(fd);
  }
} catch {
  // Full.
}
process.exit(1);
