// Forks children that end in every way there is, again and again, and reads each status back. Prints one line of JSON.
//   ends <rounds>
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  _exit,
  fork,
  kill,
  getpid,
  wait,
  waitpid,
  WEXITSTATUS,
  WIFEXITED,
  WIFSIGNALED,
  WNOHANG,
  WTERMSIG,
} from '#posix';

/** What a child does, and how it is expected to end. */
const ways: Record<string, readonly [act: () => unknown, end: string]> = {
  returns: [() => {}, 'exit 0'],
  'sets process.exitCode': [() => (process.exitCode = 7), 'exit 7'],
  'calls process.exit()': [() => process.exit(5), 'exit 5'],
  'calls _exit()': [() => _exit(9), 'exit 9'],
  'collects garbage': [() => process.exit(collectGarbage()), 'exit 3'],
  throws: [() => fail('老王'), 'exit 1'],
  'rejects after a timer': [() => sleep(1).then(() => fail('小李')), 'exit 1'],
  'is killed': [() => kill(getpid(), 'SIGKILL'), 'signal 9'],
  'waits for a timer': [() => setTimeout(() => (process.exitCode = 4), 2), 'exit 4'],
  'has only a timer that nobody waits for': [
    () => setTimeout(() => process.exit(1), 60_000).unref(),
    'exit 0',
  ],
  'reads a file': [() => readFile('/proc/self/comm').then(() => (process.exitCode = 6)), 'exit 6'],
  'works in the thread pool': [
    () => promisify(gzip)('你好').then(() => (process.exitCode = 8)),
    'exit 8',
  ],
  'serves HTTP': [serve, 'exit 11'],
  'imports a module': [() => import('node:dns').then(() => (process.exitCode = 12)), 'exit 12'],
  'begins again before it exits': [beginAgain, 'exit 13'],
  'has a child of its own': [haveChild, 'exit 14'],
};

const rounds = Number(process.argv[2]);
const wrong: string[] = [];
let forks = 0;
const began = performance.now();
if (forkAll()) {
  const milliseconds = (performance.now() - began) / forks;
  console.log(JSON.stringify({ forks, wrong, left: hasChildren(), milliseconds }));
}

/** False in a child: what it has to do is under way, and nothing else is left for it. */
function forkAll(): boolean {
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, [act, end]] of Object.entries(ways)) {
      const pid = fork();
      if (pid === 0) {
        void act();
        return false;
      }
      const [found, status] = waitpid(pid);
      const got = WIFEXITED(status) ? `exit ${WEXITSTATUS(status)}` : `signal ${WTERMSIG(status)}`;
      if (found !== pid || got !== end || WIFSIGNALED(status) === WIFEXITED(status))
        wrong.push(`a child that ${way}: ${got}`);
      forks += 1;
    }
  }
  return true;
}

/** True if a child, or a zombie, is left. */
function hasChildren(): boolean {
  try {
    waitpid(-1, WNOHANG);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECHILD') throw error;
    return false;
  }
}

/** More than the room for new objects, several times over: V8 has to collect it. */
function collectGarbage(): number {
  let kept: unknown[] = [];
  for (let turn = 0; turn < 10; turn += 1)
    kept = Array.from({ length: 20_000 }, (_, index) => ({ index, text: `${index}` }));
  return kept.length === 20_000 ? 3 : 1;
}

function fail(text: string): never {
  throw new Error(text);
}

/** A server and its client in one process: timers, sockets, DNS and all. */
function serve(): void {
  const server = createServer((_, response) => response.end('你好')).listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    get({ port, agent: false }, (response) => {
      response.resume().once('end', () => {
        server.close();
        process.exitCode = 11;
      });
    });
  });
}

function beginAgain(): void {
  process.once('beforeExit', () => setTimeout(() => (process.exitCode = 13), 1));
}

function haveChild(): never {
  if (fork() === 0) process.exit(13);
  const [, status] = wait();
  process.exit(WEXITSTATUS(status) + 1);
}
