// Proves that whatever a program does, it is told plainly what it did, and nothing of it is left running.
import { afterAll, expect, test, vi } from 'vitest';
import { attempt, type Sources } from './attempt.ts';
import type { CheckResult } from './check.ts';
import { freePort } from './free-port.ts';
import { firstLine, type Program } from './program.ts';
import { reportFailure } from './report.ts';
import type { Trial } from './trial.ts';

vi.setConfig({ maxConcurrency: 16 });

const LISTEN = `
import { createServer } from 'node:net';
const server = createServer((socket) => serve(socket));
server.listen(0, '127.0.0.1', () => console.log('listening on 127.0.0.1:' + server.address().port));
`;

/** Starts the server and waits until it is ready, as nearly every check begins. */
async function ready(trial: Trial, args: readonly string[] = ['--port', '0']) {
  const server = await trial.start('server', args);
  return { server, address: await server.ready() };
}

interface Fault {
  readonly sources: Sources;
  readonly check?: (trial: Trial) => Promise<void>;
  readonly verdict: CheckResult['verdict'];
  readonly diagnosis: string;
  readonly saw: RegExp;
}

/** Waits until the kernel has seen enough of a loop; nothing else tells. */
async function spinning(server: Program): Promise<void> {
  while (!server.spins()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const AT_ONCE = { patience: 1 };

const waitReady = async (trial: Trial) => void (await ready(trial));

const SLEEPER = `spawn('sleep', ['60'], { stdio: 'ignore' })`;

const faults: Record<string, Fault> = {
  'with a syntax error': {
    sources: { 'server.ts': `const name = '老王';\nconst 吃 = ;\n` },
    verdict: 'failed',
    diagnosis: 'syntax',
    saw: /^server\.ts:2:11 cannot be read as TypeScript: Unexpected ";"\.$/,
  },
  'that imports a file that is not there': {
    sources: { 'server.ts': `import { frame } from './frames.ts';\nframe();\n` },
    verdict: 'failed',
    diagnosis: 'missing-import',
    saw: /^server\.ts:1:23: Could not resolve ".\/frames.ts"\.$/,
  },
  'that does not exist': {
    sources: { 'servr.ts': '' },
    verdict: 'failed',
    diagnosis: 'missing-program',
    saw: /^there is no server\.ts in /,
  },
  'that stops at a TODO': {
    sources: {
      'server.ts': `import { todo } from '#todo';\n\nfunction listen(): void {\n  todo('listen on the port');\n}\nlisten();\n`,
    },
    verdict: 'failed',
    diagnosis: 'unfinished',
    saw: /^the server stopped at a TODO: listen on the port \(server\.ts:4\)$/,
  },
  'that stops at a TODO of a later step': {
    sources: { 'server.ts': `import { todo } from '#todo';\ntodo('step 4: say why');\n` },
    verdict: 'failed',
    diagnosis: 'strayed',
    saw: /^the server stopped at a TODO: step 4: say why \(server\.ts:2\)$/,
  },
  'that stops at a TODO of its own step': {
    sources: { 'server.ts': `import { todo } from '#todo';\ntodo('step 1: listen');\n` },
    verdict: 'failed',
    diagnosis: 'unfinished',
    saw: /^the server stopped at a TODO: step 1: listen \(server\.ts:2\)$/,
  },
  'with an endless loop at its start': {
    sources: { 'server.ts': 'for (;;);' },
    async check(trial) {
      const server = await trial.start('server');
      await spinning(server);
      await server.ready(AT_ONCE);
    },
    verdict: 'timed out',
    diagnosis: 'endless-loop',
    saw: /^the server runs and uses the processor all the time, but does not listen on any port\.$/,
  },
  'with an endless loop in a handler': {
    sources: {
      'server.ts': `${LISTEN}\nfunction serve(socket: unknown) { for (;;); }`,
    },
    async check(trial) {
      const { server, address } = await ready(trial);
      const client = await trial.connect(address);
      await spinning(server);
      await client.receive(1, 'a greeting', AT_ONCE);
    },
    verdict: 'timed out',
    diagnosis: 'endless-loop',
    saw: /^nothing came back\. The server uses the processor all the time\.$/,
  },
  'that waits for something that never comes': {
    sources: { 'server.ts': 'await new Promise(() => setInterval(() => {}, 1e9));' },
    verdict: 'timed out',
    diagnosis: 'never-listened',
    saw: /^the server runs, but does not listen on any port\.$/,
  },
  'that listens but does not say so': {
    sources: {
      'server.ts': `import { createServer } from 'node:net';\ncreateServer().listen(0, '127.0.0.1', () => console.log('老王 is ready'));`,
    },
    verdict: 'failed',
    diagnosis: 'no-ready-line',
    saw: /^the server listens on tcp 127\.0\.0\.1:\d+, but its stdout says: 老王 is ready$/,
  },
  'that listens on another port than it was asked to': {
    sources: { 'server.ts': `${LISTEN}\nfunction serve() {}` },
    check: async (trial) =>
      void (await ready(trial, ['--port', String(await freePort(trial.random))])),
    verdict: 'failed',
    diagnosis: 'other-port',
    saw: /^--port 2\d{4} was given, but the server listens on tcp 127\.0\.0\.1:\d+\.$/,
  },
  'that listens on another port than it says': {
    sources: {
      'server.ts': `${LISTEN.replace('server.address().port', '8888')}\nfunction serve() {}`,
    },
    verdict: 'failed',
    diagnosis: 'other-port',
    saw: /^the server says that it listens on port 8888, but it listens on tcp 127\.0\.0\.1:\d+\.$/,
  },
  'that listens on ::1 only': {
    sources: {
      'server.ts': `${LISTEN.replace(`0, '127.0.0.1'`, `0, '::1'`)}\nfunction serve() {}`,
    },
    verdict: 'failed',
    diagnosis: 'other-address',
    saw: /^the server listens on tcp ::1:\d+, where nobody can reach it by 127\.0\.0\.1\.$/,
  },
  'that listens on every network': {
    sources: {
      'server.ts': `${LISTEN.replace(`0, '127.0.0.1'`, '0')}\nfunction serve() {}`,
    },
    verdict: 'failed',
    diagnosis: 'other-address',
    saw: /^the server listens on tcp (::|0\.0\.0\.0):\d+, which is every network of this machine\.$/,
  },
  'that listens on ::1 only and says nothing': {
    sources: {
      'server.ts': `import { createServer } from 'node:net';\ncreateServer().listen(0, '::1');`,
    },
    verdict: 'failed',
    diagnosis: 'other-address',
    saw: /^the server listens on tcp ::1:\d+, where nobody/,
  },
  'that says a port that there cannot be': {
    sources: {
      'server.ts': `console.log('listening on 127.0.0.1:99999'); setInterval(() => {}, 1e9);`,
    },
    verdict: 'timed out',
    diagnosis: 'never-listened',
    saw: /^the server runs, but does not listen on any port\.$/,
  },
  'that says an address that there is not': {
    // Link-local, without its link: see ipv6(7), sin6_scope_id.
    sources: {
      'server.ts': `console.log('listening on [fe80::1]:80'); setInterval(() => {}, 1e9);`,
    },
    check: async (trial) => void (await trial.connect((await ready(trial)).address)),
    verdict: 'failed',
    diagnosis: '',
    saw: /^nobody accepts connections on fe80::1:80 \(E[A-Z]+\)\.$/,
  },
  'that ends at once with status 0': {
    sources: { 'server.ts': 'const nothing = 1;' },
    verdict: 'crashed',
    diagnosis: 'ended-at-once',
    saw: /^the server ended \(exit 0\) before it listened, and said nothing\.$/,
  },
  'that ends at once with an uncaught error': {
    sources: {
      'server.ts': `interface Options { port?: string }\n\nconst options = {} as Options;\nconsole.log(options.port!.length);\n`,
    },
    verdict: 'crashed',
    diagnosis: 'unhandled-error',
    saw: /^the server ended \(exit 1\) before it listened, and said: TypeError: Cannot read .*'length'\) \(server\.ts:4\)\.$/,
  },
  'in Python that ends with an uncaught error': {
    sources: { 'server.py': `import sys\n\ndef port():\n    return int("老王")\n\nport()\n` },
    verdict: 'crashed',
    diagnosis: 'unhandled-error',
    saw: /^the server ended \(exit 1\) before it listened, and said: ValueError: invalid literal .* \(server\.py:4\)\.$/,
  },
  'whose port is taken': {
    sources: {
      'server.ts': `${LISTEN.replace('0,', 'Number(process.argv[3]),')}\nfunction serve() {}`,
    },
    async check(trial) {
      const { address } = await ready(trial);
      await ready(trial, ['--port', String(address.port)]);
    },
    verdict: 'crashed',
    diagnosis: 'port-taken',
    saw: /before it listened, and said: Error: listen EADDRINUSE/,
  },
  'that does not survive a broken connection': {
    sources: {
      'server.ts': `${LISTEN}\nfunction serve(socket: any) { socket.write('hello'); socket.resume(); }`,
    },
    async check(trial) {
      const { address } = await ready(trial);
      const [bad, good] = [await trial.connect(address), await trial.connect(address)];
      await bad.receive(5, 'a greeting');
      bad.reset();
      await good.receive(5, 'a greeting');
      await good.receive(1, 'something more');
    },
    verdict: 'crashed',
    diagnosis: 'unhandled-error',
    saw: /The server had ended: Error: read ECONNRESET\.$/,
  },
  'that is killed by a signal': {
    sources: {
      'server.ts': `${LISTEN}\nfunction serve() { process.kill(process.pid, 'SIGSEGV'); }`,
    },
    async check(trial) {
      const client = await trial.connect((await ready(trial)).address);
      await client.receive(1, 'a greeting');
    },
    verdict: 'crashed',
    diagnosis: 'killed',
    saw: /The server had ended: SIGSEGV\.$/,
  },
  'that ignores SIGTERM': {
    sources: { 'server.ts': `${LISTEN}\nprocess.on('SIGTERM', () => {});\nfunction serve() {}` },
    async check(trial) {
      const { server } = await ready(trial);
      server.signal('SIGTERM');
      await server.ended('after SIGTERM');
    },
    verdict: 'timed out',
    diagnosis: 'ignores-signal',
    saw: /^the server was still running after SIGTERM\.$/,
  },
  'whose handler of SIGTERM throws': {
    sources: {
      'server.ts': `${LISTEN}\nprocess.on('SIGTERM', () => {\n  throw new Error('no way');\n});\nfunction serve() {}`,
    },
    async check(trial) {
      const { server } = await ready(trial);
      server.signal('SIGTERM');
      const { code } = await server.ended('after SIGTERM');
      trial.must(code === 0, { saw: `the server ended with ${code}.`, expected: '0.' });
    },
    verdict: 'crashed',
    diagnosis: 'unhandled-error',
    saw: /^the server ended with 1\. The server had ended: Error: no way \(server\.ts:7\)\.$/,
  },
  'that goes on when its input has ended': {
    sources: { 'client.ts': `process.stdin.resume();\nsetInterval(() => {}, 1e9);` },
    async check(trial) {
      const client = await trial.start('client');
      client.endInput();
      await client.ended('when its input had ended');
    },
    verdict: 'timed out',
    diagnosis: 'kept-alive',
    saw: /^the client was still running when its input had ended\.$/,
  },
  'that leaves a child behind': {
    sources: { 'server.ts': `import { spawn } from 'node:child_process';\n${SLEEPER}.unref();` },
    check: leaves,
    verdict: 'failed',
    diagnosis: 'left-behind',
    saw: /^the server left a process \(sleep, pid \d+\) behind\.$/,
  },
  'that leaves a child in a session of its own': {
    sources: {
      'server.ts': `import { spawn } from 'node:child_process';\n${SLEEPER.replace('{', '{ detached: true,')}.unref();`,
    },
    check: leaves,
    verdict: 'failed',
    diagnosis: 'left-behind',
    saw: /^the server left a process \(sleep, pid \d+\) behind\.$/,
  },
  'that leaves a child that holds its output open': {
    sources: {
      'server.ts': `import { spawn } from 'node:child_process';\nspawn('sleep', ['60'], { stdio: 'inherit', detached: true }).unref();\nprocess.stdout.write('last words');`,
    },
    async check(trial) {
      const server = await trial.start('server');
      await server.line((line) => line === 'last words', 'its last words');
      await server.ended('at once');
    },
    verdict: 'failed',
    diagnosis: 'left-behind',
    saw: /^the server left a process \(sleep, pid \d+\) behind\.$/,
  },
  'that eats memory': {
    sources: {
      'server.ts': `const kept: Buffer[] = [];\nsetInterval(() => kept.push(Buffer.alloc(64 * 1024 * 1024).fill(1)));`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-much-memory',
    saw: /^the server was ended before it listened: it used more than 1\.5 GiB of memory\.$/,
  },
};

/** One after the other: the machine is theirs while they last. */
const runaways: Record<string, Fault> = {
  'that prints without end': {
    sources: {
      'server.ts': `(function print() {\n  console.log('老王'.repeat(200));\n  setImmediate(print);\n})();`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-much-output',
    saw: /^the server was ended before it listened: it printed more than 1 MiB\.$/,
  },
  'that starts processes without end': {
    sources: {
      'server.ts': `import { spawn } from 'node:child_process';\nsetInterval(() => { for (let i = 0; i < 4; i += 1) ${SLEEPER}; });`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-many-processes',
    saw: /^the server was ended before it listened: it had more than 64 processes\.$/,
  },
  'that forks itself without end': {
    sources: {
      'server.mjs': `import { fork } from 'node:child_process';\nfor (;;) fork(import.meta.filename, { execArgv: [] });`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-many-processes',
    saw: /^the server was ended before it listened: it had more than 64 processes\.$/,
  },
  'that is a fork bomb of the shell': {
    // Doubles eight times at most: should the harness fail, this machine must not.
    sources: {
      'server.sh': `bomb() { [ "$1" -gt 7 ] && sleep 60; bomb $(($1 + 1)) | bomb $(($1 + 1)) & }\nbomb 0\nsleep 60\n`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-many-processes',
    saw: /^the server was ended before it listened: it had more than 64 processes\.$/,
  },
  'that is a fork bomb of Python': {
    // Doubles nine times at most: should the harness fail, this machine must not.
    sources: {
      'server.py': `import os, time\nfor _ in range(9):\n    os.fork()\ntime.sleep(60)\n`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-many-processes',
    saw: /^the server was ended before it listened: it had more than 64 processes\.$/,
  },
  'whose children without end all leave its process group': {
    sources: {
      'server.py': `
import os, time
for _ in range(300):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
`,
    },
    check: waitForIt,
    verdict: 'crashed',
    diagnosis: 'too-many-processes',
    saw: /^the server was ended before it listened: it had more than 64 processes\.$/,
  },
};

/** A runaway is not hurried: what it does takes as long as the machine needs. */
async function waitForIt(trial: Trial): Promise<void> {
  const server = await trial.start('server');
  await server.ended('by itself', { patience: 15_000, mayRest: true });
  await server.ready();
}

async function leaves(trial: Trial): Promise<void> {
  const server = await trial.start('server');
  await server.ended('at once');
}

const wordy: string[] = [];

async function isTold({ sources, check = waitReady, verdict, diagnosis, saw }: Fault) {
  const result = await attempt(sources, check);
  expect({ ...result, exchange: [] }).toMatchObject({ verdict, earned: 0 });
  expect(result.saw).toMatch(saw);
  expect(result.diagnosis?.id ?? '').toBe(diagnosis);
  const words = reportFailure(result, { lesson: 'attempt', rows: 0 }).slice(2, -2);
  const bytes = result.bytes?.length ?? 0;
  if (words.length - bytes > 6) wordy.push(words.join('\n'));
}

for (const [title, fault] of Object.entries(faults)) {
  test.concurrent(`a program ${title} is told so, and nothing of it is left`, () => isTold(fault));
}

for (const [title, fault] of Object.entries(runaways)) {
  test(`a program ${title} is ended in time, and nothing of it is left`, () => isTold(fault));
}

test.each([
  [
    '/x/frame.ts:81\n  throw new Refused(reason);\n  ^\n\nRefused [Error]: a path\n    at x',
    'Refused [Error]: a path',
  ],
  ['/x/a.ts:1\nx\n^\n\nTypeError: no\n    at x', 'TypeError: no'],
  ['\nserver: it is taken\n', 'server: it is taken'],
  ['', ''],
])('the first line that means something of %j', (text, line) => {
  expect(firstLine(text)).toBe(line);
});

afterAll(() => {
  expect(wordy).toEqual([]);
});
