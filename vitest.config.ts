// How `npm test` runs the workbook's own proof: every *.test.ts below test/, in separate processes.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globals: true,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    // Two runs of a lesson that compete for the processor are slower, not wrong; more workers than cores gain nothing.
    allowOnly: false,
  },
});
