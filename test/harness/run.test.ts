// Proves that a run clears up behind itself on every way out, even when the process that holds it is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { processesOf } from './attempt.ts';
import { currentRun } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('a run makes each directory once, below its own', () => {
  const run = currentRun();
  expect(currentRun()).toBe(run);
  const [first, second] = [run.directory('a'), run.directory('a')];
  expect(first).not.toBe(second);
  for (const path of [first, second]) {
    expect(path.startsWith(`${run.root}/`)).toBe(true);
    expect(existsSync(path)).toBe(true);
  }
});

const PROGRAM = `
import { spawn } from 'node:child_process';
process.on('SIGTERM', () => {});
spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).unref();
console.log('老王 is up');
setInterval(() => {}, 1e9);
`;

for (const [way, script] of [
  ['is killed by SIGKILL', ''],
  ['exits in the middle', 'process.exit(3);'],
  ['throws in the middle', `setImmediate(() => { throw new Error('the harness broke'); });`],
] as const) {
  test.concurrent(
    `when a harness process ${way}, its programs and its temp directory go with it`,
    async ({ expect }) => {
      const directory = await mkdtemp(join(tmpdir(), 'run-test-'));
      try {
        await writeFile(join(directory, 'server.ts'), PROGRAM);
        await writeFile(
          join(directory, 'harness.cjs'),
          `require(${JSON.stringify(join(root, 'node_modules/tsx/dist/cjs/index.cjs'))});
const { openTrial } = require(${JSON.stringify(join(root, 'test/harness/trial.ts'))});
const { createExchange } = require(${JSON.stringify(join(root, 'test/harness/exchange.ts'))});
const { currentRun } = require(${JSON.stringify(join(root, 'test/harness/run.ts'))});
const subject = { directory: __dirname, reference: __dirname };
(async () => {
  const { trial } = openTrial(subject, 'run/test', '1', createExchange());
  const server = await trial.start('server');
  await server.line((line) => line.includes('is up'), 'a line');
  console.log(JSON.stringify({ mark: currentRun().mark, root: currentRun().root }));
  ${script}
})();`,
        );
        const harness = spawn(process.execPath, [join(directory, 'harness.cjs')], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const ended = once(harness, 'close');
        const [line] = (await once(harness.stdout, 'data')) as [Buffer];
        const run = JSON.parse(line.toString()) as { mark: string; root: string };
        if (script === '') {
          expect(processesOf(run.mark)).toHaveLength(2);
          harness.kill('SIGKILL');
        }
        await ended;
        // Nobody tells when the guardian is through: the temp directory is what it removes last.
        await expect.poll(() => existsSync(run.root), { timeout: 10_000, interval: 5 }).toBe(false);
        await expect
          .poll(() => processesOf(run.mark), { timeout: 10_000, interval: 5 })
          .toEqual([]);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  );
}
