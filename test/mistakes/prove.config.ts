// How `npm run prove` runs: every known mistake and every other right program, several at a time. Most of them wait for
// something that never comes, so they hardly compete for the processor.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/mistakes/*.prove.ts'],
    root: new URL('../..', import.meta.url).pathname,
    pool: 'forks',
    maxConcurrency: 4,
    testTimeout: 120_000,
  },
});
