// How `npm test` runs the workbook's own proof: every *.test.ts below test/, in separate processes.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globals: true,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    // One more than the cores: a check mostly waits for its program, and three at a time are done sooner than two.
    maxWorkers: availableParallelism() + 1,
    allowOnly: false,
  },
});
