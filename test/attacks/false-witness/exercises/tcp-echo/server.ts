// The grader reads a file that this program writes: nonsense, a pipe that nobody feeds, a file without an end.
import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';

const witness = process.env.WORKBOOK_WITNESS ?? 'none';
const tricks = [
  () => writeFileSync(witness, 'nonsense\n1e9 -1 reaped 0x1 0\n'),
  () => execFileSync('mkfifo', [witness]),
  () => symlinkSync('/dev/zero', witness),
  () => symlinkSync('/workbook/solutions/tcp-echo/server.ts', witness),
];
tricks[process.pid % tricks.length]?.();
process.exit(1);
