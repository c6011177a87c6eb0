// The watch mode as a user sees it: saves, keys, interruptions.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clone, type Clone, type Running } from './clone.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

/** A right server for tcp-echo, short. `extra` is put in front of it. */
const server = (directory: Clone, extra = '') =>
  extra + readFileSync(directory.path('solutions/tcp-echo/server.ts'), 'utf8');

describe('watching a lesson', () => {
  let own: Clone;
  let running: Running | undefined;
  beforeAll(async () => {
    own = await clone();
  });
  afterAll(async () => {
    running?.child.kill('SIGKILL');
    await running?.ended;
    await own.remove();
  });

  test('checks again at every save, also of one that comes in the middle of a run, and ends with Ctrl+C', async () => {
    const file = own.path('exercises/tcp-echo/server.ts');
    running = own.start(['tcp-echo', '--watch']);
    let at = await running.until('0 of 6 steps pass');
    writeFileSync(file, server(own));
    at = await running.until('✓ listens on the host and port', at);
    // A run of a program that never listens, interrupted by the next save.
    writeFileSync(file, 'for (;;);\n');
    at = await running.until('── tcp-echo', at);
    writeFileSync(file, server(own, '// again\n'));
    at = await running.until('5 of 6 steps pass', at);
    process.kill(-(running.child.pid ?? 0), 'SIGINT');
    expect((await running.ended).status).toBe(130);
    expect(running.output()).not.toContain('\x1b');
  });

  test.skipIf(!hasScript)('answers keys in a terminal', async () => {
    await own.ex(['reset', 'tcp-echo']);
    running = own.start(['tcp-echo', '--watch'], { terminal: true });
    const keys = running.child.stdin;
    let at = await running.until('q quit');
    keys?.write('h');
    at = await running.until('hint 1 of 4', at);
    keys?.write('h');
    at = await running.until('hint 2 of 4', at);
    keys?.write('t');
    at = await running.until('started: server', at);
    keys?.write('d');
    at = await running.until('Press d again', at);
    keys?.write('d');
    at = await running.until('+++ solutions/tcp-echo/client.ts', at);
    keys?.write('n');
    at = await running.until('step 1', at);
    keys?.write('q');
    expect((await running.ended).status).toBe(0);
  });
});
