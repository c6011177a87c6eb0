// Uses the processor for ever, in four processes, and hears no signal.
import { fork } from 'node:child_process';

process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
if (process.argv[2] !== 'child')
  for (let child = 0; child < 3; child += 1) fork(process.argv[1] ?? '', ['child']);
for (;;);
