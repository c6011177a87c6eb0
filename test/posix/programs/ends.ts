// Forks children that end in every way there is, or in one of them, again and again, and reads each status back. Prints
// one line of JSON.
//   ends <rounds> [<way>]
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as timer } from 'node:timers/promises';
import { promisify } from 'node:util';
import { getHeapSpaceStatistics } from 'node:v8';
import { gzip } from 'node:zlib';
import {
  _exit,
  fork,
  kill,
  getpid,
  sleep,
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
  'rejects after a timer': [() => timer(1).then(() => fail('小李')), 'exit 1'],
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
  'reads its stdin to the end': [
    () => text(process.stdin).then(() => (process.exitCode = 15)),
    'exit 15',
  ],
  'imports a module': [() => import('node:dns').then(() => (process.exitCode = 12)), 'exit 12'],
  'begins again before it exits': [beginAgain, 'exit 13'],
  'has a child of its own': [haveChild, 'exit 14'],
  'has a child that comes to its end': [haveChildThatReturns, 'exit 15'],
  'throws in an exit listener': [
    () => process.on('exit', () => fail('小明')) && process.exit(16),
    'exit 16',
  ],
};

const HUNG = 'has not ended';
const LOST = 'is nobody to wait for';
/** How long a child may take, in seconds, before it counts as hung, and how many may, before no more are tried. */
const PATIENCE = 30;
const ENOUGH = 5;

const [rounds, only] = [Number(process.argv[2]), process.argv[3]];
const tried = Object.entries(ways).filter(([way]) => only === undefined || way === only);
const wrong: string[] = [];
let [forks, hung, lost] = [0, 0, 0];
const began = performance.now();
if (forkAll()) {
  const milliseconds = (performance.now() - began) / forks;
  console.log(JSON.stringify({ forks, wrong, hung, lost, left: countLeft(), milliseconds }));
}

/** False in a child: what it has to do is under way, and nothing else is left for it. */
function forkAll(): boolean {
  for (let round = 0; round < rounds && hung < ENOUGH; round += 1) {
    for (const [way, [act, expected]] of tried) {
      const pid = fork();
      if (pid === 0) {
        void act();
        return false;
      }
      forks += 1;
      const end = endOf(pid);
      if (end === HUNG) hung += 1;
      if (end === LOST) lost += 1;
      if (end !== expected) wrong.push(`a child that ${way}: ${end}`);
    }
  }
  return true;
}

/** How a child has ended. One that hangs is killed, so that the others are tried too. */
function endOf(pid: number): string {
  try {
    for (const late = performance.now() + PATIENCE * 1e3; performance.now() < late; sleep(0.0005)) {
      const [found, status] = waitpid(pid, WNOHANG);
      if (found === pid) return describe(status);
    }
    kill(pid, 'SIGKILL');
    waitpid(pid);
    return HUNG;
  } catch (error) {
    return whenNoChild(error, LOST);
  }
}

function describe(status: number): string {
  if (WIFEXITED(status) === WIFSIGNALED(status)) return `status ${status}`;
  return WIFEXITED(status) ? `exit ${WEXITSTATUS(status)}` : `signal ${WTERMSIG(status)}`;
}

/** Children that nobody has waited for: zombies, or (it is one then, for more are not seen) one that still runs. */
function countLeft(): number {
  for (let count = 0; ; count += 1) {
    try {
      if (waitpid(-1, WNOHANG)[0] === 0) return count + 1;
    } catch (error) {
      return whenNoChild(error, count);
    }
  }
}

function whenNoChild<T>(error: unknown, value: T): T {
  if ((error as NodeJS.ErrnoException).code === 'ECHILD') return value;
  throw error;
}

/** Makes objects until V8 has collected three times, as fewer being there than before tells; those in use must survive. */
function collectGarbage(): number {
  let collected = 0;
  for (let used = 0; collected < 3;) {
    const made = Array.from({ length: 2_000 }, (_, index) => ({ index, text: `${index}` }));
    const now = usedByNewObjects();
    if (now < used) collected += 1;
    used = now;
    if (made.some(({ index, text }, at) => index !== at || text !== `${at}`)) return 1;
  }
  return collected;
}

function usedByNewObjects(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return space?.space_used_size ?? 0;
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

/** The child of this child does nothing but come to its end. */
function haveChildThatReturns(): void {
  const pid = fork();
  if (pid > 0) process.exit(WEXITSTATUS(waitpid(pid)[1]) + 15);
}

function haveChild(): never {
  if (fork() === 0) process.exit(13);
  const [, status] = wait();
  process.exit(WEXITSTATUS(status) + 1);
}
