// Proves how a check ends, and a lesson's checks together: verdicts, cancelling, time limits, order, points.
import { getEventListeners } from 'node:events';
import { expect, test, vi } from 'vitest';
import { PATIENCE } from './waiting.ts';
import { attempt, processesOf, subjectOf } from './attempt.ts';
import { Cancelled, runCheck, type Check, type LessonChecks, type Seen } from './check.ts';
import { Failure } from './failure.ts';
import { runSuite } from './suite.ts';
import type { Trial } from './trial.ts';

vi.setConfig({ maxConcurrency: 8 });

const nothing = { directory: '/nowhere', reference: '/nowhere' };

/** Takes connections and never reads from them. */
const DEAF = `
import { createServer } from 'node:net';
const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1', () =>
  console.log('listening on 127.0.0.1:' + (server.address() as any).port));
`;

const never = () => new Promise<never>(() => {});

test('a check that returns has passed, with its points', async () => {
  expect(await attempt({}, async () => {})).toMatchObject({
    verdict: 'passed',
    earned: 1,
    points: 1,
    seed: '1f2e',
  });
});

for (const [what, thrown, trouble] of [
  ['a plain error', new TypeError('the check is broken'), /^TypeError: the check is broken\n +at /],
  [
    'that the disk is full',
    Object.assign(new Error('no room'), { code: 'ENOSPC' }),
    /^no space left on the disk \(no room\)$/,
  ],
  ['text', 'just so', /^just so$/],
  ['nothing', undefined, /^undefined$/],
  ['null', null, /^null$/],
] as const) {
  test(`a check that throws ${what} is the workbook's own fault, and blames nobody`, async () => {
    const result = await attempt({}, () => Promise.reject(thrown));
    expect(result.verdict).toBe('infra');
    expect(result.trouble).toMatch(trouble);
    expect(result).not.toHaveProperty('saw');
    expect(result).not.toHaveProperty('diagnosis');
  });
}

test('a program that strays to a TODO of a later step gets the diagnosis of what it did before', async () => {
  const sources = {
    'server.ts': `import { todo } from '#todo';\nconsole.log('twice');\ntodo('step 4: end well');\n`,
  };
  const diagnoses = [
    { id: 'twice', when: ({ stdout }: Seen) => stdout === 'twice\n', cause: () => 'it is told.' },
  ];
  const check = async (trial: Trial) => {
    const server = await trial.start('server');
    await server.ended('its end');
    trial.fail({ saw: 'it was said twice.', expected: 'once.' });
  };
  expect(await attempt(sources, check, { diagnoses })).toMatchObject({
    verdict: 'failed',
    saw: 'it was said twice. Then the server stopped at a TODO: step 4: end well (server.ts:3)',
    diagnosis: { id: 'twice' },
  });
  // At a TODO of the step itself whatever else is seen comes of it.
  const own = { 'server.ts': sources['server.ts'].replace('step 4', 'step 1') };
  expect(await attempt(own, check, { diagnoses })).toMatchObject({
    saw: 'the server stopped at a TODO: step 1: end well (server.ts:3)',
    diagnosis: { id: 'unfinished' },
  });
});

test('the diagnoses of the lesson come before the general ones, and see the facts', async () => {
  const missing = async (trial: Trial) => void (await trial.start('server'));
  const general = await attempt({}, missing);
  expect(general.diagnosis?.id).toBe('missing-program');
  const own = await attempt({}, missing, {
    diagnoses: [
      { id: 'other', when: ({ verdict }) => verdict === 'crashed', cause: () => '' },
      {
        id: 'own',
        when: ({ start, check }) => start === 'missing' && check === 'check',
        cause: ({ start }) => `it is ${start}.`,
        step: 3,
        hint: 2,
      },
    ],
  });
  expect(own).toMatchObject({
    diagnosis: { id: 'own', cause: 'it is missing.' },
    lookAt: { step: 3, hint: 2 },
  });
});

test.concurrent(
  'a failure while the program lives is not a crash, and its record ends with the failure',
  async ({ expect }) => {
    const result = await attempt({ 'server.ts': DEAF }, async (trial) => {
      const client = await trial.connect(await (await trial.start('server')).ready());
      await client.send('你好');
      await client.receive(6, 'the same 6 bytes back');
    });
    expect(result).toMatchObject({
      verdict: 'timed out',
      saw: 'nothing came back.',
      expected: 'the same 6 bytes back.',
    });
    expect(result.exchange.at(-1)?.kind).toBe('waiting');
  },
);

test.concurrent('what a program says in its last moment is heard', async ({ expect }) => {
  const result = await attempt(
    {
      'server.ts': `${DEAF}\nserver.on('connection', (socket) => {\n  throw new RangeError('老王 is not a number');\n});`,
    },
    async (trial) => {
      const client = await trial.connect(await (await trial.start('server')).ready());
      await client.receive(1, 'a greeting');
    },
  );
  expect(result.verdict).toBe('crashed');
  expect(result.saw).toMatch(
    /The server had ended: RangeError: 老王 is not a number \(server\.ts:7\)\.$/,
  );
});

for (const [where, wait] of [
  [
    'in a wait',
    (trial: Trial) =>
      trial.happenings.until(
        () => undefined,
        () => new Error('gave up'),
        { mayRest: true },
      ),
  ],
  ['in something of its own', never],
  [
    'while a program does not take its bytes',
    async (trial: Trial) => {
      const client = await trial.connect(await (await trial.start('server')).ready());
      await client.send(Buffer.alloc(64 * 1024 * 1024));
    },
  ],
] as const) {
  test.concurrent(
    `cancelled ${where}, a check is over at once and nothing is left`,
    async ({ expect }) => {
      const controller = new AbortController();
      let root = '';
      let cancelled = 0;
      const cancelling = attempt(
        { 'server.ts': DEAF },
        async (trial) => {
          root = trial.home;
          await (await trial.start('server', [], { actor: 'other' })).ready();
          setTimeout(() => {
            cancelled = performance.now();
            controller.abort();
          }, 100);
          await wait(trial);
        },
        { signal: controller.signal },
      );
      await expect(cancelling).rejects.toBeInstanceOf(Cancelled);
      // Not what the wait would have taken by itself, also on a machine that is busy.
      expect(performance.now() - cancelled).toBeLessThan(PATIENCE / 2);
      expect(processesOf(root)).toEqual([]);
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    },
  );

  test.concurrent(`${where}, a check is stopped at its time limit`, async ({ expect }) => {
    const result = await attempt({ 'server.ts': DEAF }, async (trial) => void (await wait(trial)), {
      timeLimit: 400,
    });
    expect(result).toMatchObject({
      verdict: 'timed out',
      saw: 'the check was not through after 0.4 s.',
      earned: 0,
    });
    expect(result.duration).toBeLessThan(PATIENCE * 2);
  });
}

test('cancelled before it begins, a check does not run', async () => {
  const ran = vi.fn<() => Promise<void>>(never);
  const cancelling = attempt({}, ran, { signal: AbortSignal.abort() });
  await expect(cancelling).rejects.toBeInstanceOf(Cancelled);
  expect(ran).not.toHaveBeenCalled();
});

// --- the suite ---

/** A lesson of checks that take `ms` and then do as they are told. */
function lesson(
  ...told: readonly (readonly [
    step: number,
    ms: number,
    verdict: 'passed' | 'failed' | 'infra' | 'skipped',
  ])[]
): LessonChecks {
  const checks = told.map(([step, ms, verdict], index): Check => ({
    id: `check-${index}`,
    step,
    points: 10,
    title: `does what it is told, ${index}`,
    async run(trial) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (verdict === 'failed') throw new Failure({ saw: 'no.', expected: 'yes.' });
      if (verdict === 'infra') throw new Error('broken');
      if (verdict === 'skipped') trial.skip('no such thing here');
    },
  }));
  const last = Math.max(...told.map(([step]) => step));
  return {
    lesson: 'told',
    steps: Array.from({ length: last }, (_, step) => `step ${step + 1}`),
    checks,
    diagnoses: [],
  };
}

const seed = '1';

test('all checks are run, and folded into steps and points', async () => {
  const result = await runSuite(
    lesson(
      [1, 0, 'passed'],
      [1, 0, 'passed'],
      [2, 0, 'failed'],
      [2, 0, 'passed'],
      [3, 0, 'passed'],
    ),
    nothing,
    { seed, extent: 'all' },
  );
  expect(result.steps.map(({ state }) => state)).toEqual(['passed', 'failed', 'passed']);
  expect(result).toMatchObject({ passedSteps: 1, points: 40, maxPoints: 50 });
  expect(result.checks.map(({ id }) => id)).toEqual(
    [0, 1, 2, 3, 4].map((index) => `told/check-${index}`),
  );
});

test('until the first failing step: that step is finished, later ones are open', async () => {
  const result = await runSuite(
    lesson([1, 0, 'passed'], [2, 0, 'failed'], [2, 0, 'passed'], [3, 0, 'passed']),
    nothing,
    { seed, extent: 'until-failure' },
  );
  expect(result.steps.map(({ state }) => state)).toEqual(['passed', 'failed', 'open']);
  expect(result.checks).toHaveLength(3);
});

test('a check that this machine cannot hold is skipped: nothing earned, nothing lost, and the next step is tried', async () => {
  const result = await runSuite(
    lesson([1, 0, 'passed'], [1, 0, 'skipped'], [2, 0, 'passed'], [3, 0, 'skipped']),
    nothing,
    { seed, extent: 'until-failure' },
  );
  expect(result.checks[1]).toMatchObject({
    verdict: 'skipped',
    lacks: 'no such thing here',
    earned: 0,
  });
  // A step of which nothing at all was judged is not passed.
  expect(result.steps.map(({ state }) => state)).toEqual(['passed', 'passed', 'open']);
  expect(result).toMatchObject({ points: 20, ungraded: 20, maxPoints: 40 });
});

test('two at a time, results still come in the order of the checks', async () => {
  const heard: string[] = [];
  const told = lesson(
    [1, 60, 'passed'],
    [1, 0, 'failed'],
    [1, 30, 'passed'],
    [1, 0, 'passed'],
    [2, 0, 'passed'],
  );
  const checks = told.checks.map((check) => ({ ...check }));
  let [running, most] = [0, 0];
  for (const check of checks) {
    const { run } = check;
    check.run = async (trial) => {
      running += 1;
      most = Math.max(most, running);
      await run(trial).finally(() => (running -= 1));
    };
  }
  const result = await runSuite({ ...told, checks }, nothing, {
    seed,
    extent: 'all',
    jobs: 2,
    onResult: ({ id }) => heard.push(id),
  });
  expect(heard).toEqual([0, 1, 2, 3, 4].map((index) => `told/check-${index}`));
  expect(result.checks.map(({ id }) => id)).toEqual(heard);
  expect(most).toBe(2);
});

test('only some checks: a step is passed only when all of its checks have', async () => {
  const told = lesson([1, 0, 'passed'], [1, 0, 'passed'], [2, 0, 'passed']);
  const result = await runSuite(told, nothing, {
    seed,
    extent: 'all',
    only: ['check-0', 'check-2'],
  });
  expect(result.steps.map(({ state }) => state)).toEqual(['open', 'passed']);
  expect(result).toMatchObject({ passedSteps: 0, points: 20, maxPoints: 30 });
});

test('a cancelled suite throws when all that was under way is over', async () => {
  const controller = new AbortController();
  const subject = await subjectOf({ 'server.ts': DEAF });
  const roots: string[] = [];
  const check = (id: string): Check => ({
    id,
    step: 1,
    points: 1,
    title: id,
    async run(trial) {
      roots.push(trial.home);
      await (await trial.start('server')).ready();
      if (roots.length === 2) controller.abort();
      await never();
    },
  });
  const told = {
    lesson: 'told',
    steps: ['one'],
    checks: [check('a'), check('b'), check('c')],
    diagnoses: [],
  };
  const running = runSuite(told, subject, {
    seed,
    extent: 'all',
    jobs: 2,
    signal: controller.signal,
  });
  await expect(running).rejects.toBeInstanceOf(Cancelled);
  expect(roots).toHaveLength(2);
  for (const root of roots) expect(processesOf(root)).toEqual([]);
});

test('a trial that cannot even be opened is the workbook’s own fault', async () => {
  const told = lesson([1, 0, 'passed']);
  const broken = {
    get directory(): string {
      throw new Error('no such subject');
    },
    reference: '',
  };
  const check = {
    ...(told.checks[0] as Check),
    run: async (trial: Trial) => void (await trial.start('server')),
  };
  expect(await runCheck(told, check, broken, { seed })).toMatchObject({
    verdict: 'infra',
    earned: 0,
  });
});
