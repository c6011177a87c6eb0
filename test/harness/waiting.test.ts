// Proves when a wait ends: at its event, when patience is over, and early once every program sleeps for good.
import { expect, test, vi } from 'vitest';
import { attempt } from './attempt.ts';
import { Failure } from './failure.ts';
import type { Trial } from './trial.ts';
import { createHappenings, PATIENCE } from './waiting.ts';

vi.setConfig({ maxConcurrency: 8 });

const nobody = () => [];
const giveUp = () => new Failure({ saw: 'nothing.', expected: 'something.' });

test('a wait ends with what its probe finds, at once if it is there already', async () => {
  const { until, happened } = createHappenings(nobody);
  expect(await until(() => '老王', giveUp)).toBe('老王');
  let found: string | undefined;
  const wait = until(() => found, giveUp);
  happened();
  found = '小李';
  happened();
  expect(await wait).toBe('小李');
});

test('a wait ends with the error of its probe', async () => {
  const { until, happened } = createHappenings(nobody);
  let broken = false;
  const wait = until(() => {
    if (broken) throw new Error('the connection was reset');
    return undefined;
  }, giveUp);
  broken = true;
  happened();
  await expect(wait).rejects.toThrow('the connection was reset');
});

test('a wait gives up when patience is over, and looks one last time', async () => {
  const { until } = createHappenings(nobody);
  await expect(until(() => undefined, giveUp, { patience: 20 })).rejects.toThrow('nothing.');
  let looks = 0;
  // Found at the last look, though nobody said that anything had happened.
  expect(await until(() => (looks++ > 0 ? looks : undefined), giveUp, { patience: 20 })).toBe(2);
});

test('cancelled, every wait rejects with the reason, those that come later too', async () => {
  const { until, cancel } = createHappenings(nobody);
  const wait = until(() => undefined, giveUp);
  cancel(new Error('Ctrl+C'));
  cancel(new Error('again'));
  await expect(wait).rejects.toThrow('Ctrl+C');
  await expect(until(() => 1, giveUp)).rejects.toThrow('Ctrl+C');
});

/** How long a program is waited for in vain, in milliseconds. */
async function patienceFor(source: string, wait: (trial: Trial) => Promise<unknown>) {
  let waited = 0;
  const result = await attempt({ 'server.ts': source }, async (trial) => {
    const server = await trial.start('server');
    await server.line((line) => line === 'up', 'the line: up');
    const began = performance.now();
    try {
      await wait(trial);
    } finally {
      waited = performance.now() - began;
    }
  });
  return { waited, result };
}

const line = (trial: Trial) =>
  trial.happenings.until(
    () => (trial.exchange.entries.some(({ bytes }) => bytes?.includes('done')) ? 1 : undefined),
    giveUp,
  );

test.concurrent('a program that hangs is given up long before patience is over', async () => {
  const { waited, result } = await patienceFor(
    `console.log('up'); setInterval(() => {}, 1e9);`,
    line,
  );
  expect(result.verdict).toBe('failed');
  expect(waited).toBeGreaterThan(550);
  expect(waited).toBeLessThan(PATIENCE / 2);
});

test.concurrent('a program that is busy is waited for', async () => {
  const { result } = await patienceFor(
    `console.log('up'); const end = Date.now() + 1100; while (Date.now() < end); console.log('done'); setInterval(() => {}, 1e9);`,
    line,
  );
  expect(result.saw).toBeUndefined();
  expect(result.verdict).toBe('passed');
});

test.concurrent('a program whose child is busy is waited for', async () => {
  const { result } = await patienceFor(
    `import { spawn } from 'node:child_process';
     console.log('up');
     const child = spawn('timeout', ['1.1', 'sh', '-c', 'while :; do :; done']);
     child.once('exit', () => console.log('done'));
     setInterval(() => {}, 1e9);`,
    line,
  );
  expect(result.verdict).toBe('passed');
});

test.concurrent('a program that may rest is waited for while it sleeps', async () => {
  const { result } = await patienceFor(
    `console.log('up'); setTimeout(() => console.log('done'), 1100); setInterval(() => {}, 1e9);`,
    (trial) =>
      trial.happenings.until(
        () => (trial.exchange.entries.some(({ bytes }) => bytes?.includes('done')) ? 1 : undefined),
        giveUp,
        { mayRest: true },
      ),
  );
  expect(result.verdict).toBe('passed');
});

test('a program is not given up because the harness itself was held up', async () => {
  const { result } = await patienceFor(
    `console.log('up'); setInterval(() => {}, 1e9);`,
    async (trial) => {
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      let answered: true | undefined;
      const wait = trial.happenings.until(() => answered, giveUp);
      // Two looks, then nothing for longer than all looks together; the answer comes after the look that follows.
      await pause(320);
      const until = performance.now() + 650;
      while (performance.now() < until);
      await pause(20);
      answered = true;
      trial.happenings.happened();
      await wait;
    },
  );
  expect(result.verdict).toBe('passed');
});

test('rest() ends when enough has come, or when every program sleeps, and says which', async () => {
  const source = `process.stdin.once('data', () => console.log('heard')); console.log('up');`;
  const result = await attempt({ 'server.ts': source }, async (trial) => {
    const server = await trial.start('server');
    await server.line((line) => line === 'up', 'the line: up');
    expect(await trial.happenings.rest()).toBe(false);
    server.write('吃了么\n');
    expect(await trial.happenings.rest(() => server.stdout.text.includes('heard'))).toBe(true);
  });
  expect(result.verdict, result.trouble).toBe('passed');
});
