// How `npm test` runs the workbook's own proof: every *.test.ts below test/, in separate processes.
import { chmodSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { currentRun } from './test/harness/run.ts';

// Everything that the tests, and vitest itself, write into temp files is below this: in whatever way this process ends, its
// guardian clears it away.
process.env.TMPDIR = currentRun().root;
// Some tests run as another user, who writes there as well: as in any /tmp.
chmodSync(process.env.TMPDIR, 0o1777);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globals: true,
    pool: 'forks',
    // The tests talk to other processes and share no state of their own: a fresh process for each file gains nothing.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    // One more than the cores: a check mostly waits for its program.
    maxWorkers: availableParallelism() + 1,
    // Of the checks of one lesson, which run at the same time: see test/harness/lesson.ts.
    maxConcurrency: 2,
    allowOnly: false,
  },
});
