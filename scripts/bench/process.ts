// Processes that are measured: run to their end, or kept as servers; with the peak of their memory.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentRun } from '../../test/harness/run.ts';
import { childrenOf, listeners, memory } from '../../test/harness/proc.ts';

export interface Measured {
  readonly seconds: number;
  /** Peak resident memory of the largest of its processes, in MiB. */
  readonly peak: number;
}

export interface Wiring {
  readonly cwd?: string;
  /** Files instead of nothing and the void. */
  readonly stdin?: string;
  readonly stdout?: string;
  readonly environment?: Record<string, string>;
}

export interface Server {
  readonly port: number;
  /** Peak resident memory so far, in MiB. */
  peak(): number;
  /** Resolves when it has ended by itself, with the time since its start. */
  readonly ended: Promise<Measured>;
  stop(): Promise<void>;
}

/** Runs a command to its end. Rejects if its status is not 0. */
export async function run(
  command: string,
  args: readonly string[],
  wiring: Wiring = {},
): Promise<Measured> {
  return begin(command, args, wiring).ended;
}

/** Starts a server and waits until the kernel says that it listens on a port. */
export async function serve(
  command: string,
  args: readonly string[],
  wiring: Wiring = {},
): Promise<Server> {
  const { child, ended, watch } = begin(command, args, wiring);
  ended.catch(() => {}); // it is ended by a signal
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended before it listened`);
    const [listener] = listeners([child.pid ?? 0, ...descendantsOf(child.pid ?? 0)]);
    if (listener) {
      return {
        port: listener.port,
        ended,
        peak: () => watch(),
        async stop() {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill('SIGTERM');
          await once(child, 'exit');
        },
      };
    }
    // The kernel tells nobody that a stranger has begun to listen: it has to be asked.
    await sleep(5);
  }
}

function begin(
  command: string,
  args: readonly string[],
  { cwd, stdin, stdout, environment = {} }: Wiring,
): { child: ChildProcess; ended: Promise<Measured>; watch: () => number } {
  const { mark } = currentRun();
  const [name = '', value = ''] = mark.split('=');
  const input = stdin === undefined ? undefined : openSync(stdin, 'r');
  const output = stdout === undefined ? undefined : openSync(stdout, 'w');
  const began = performance.now();
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...environment, [name]: value },
    stdio: [input ?? 'ignore', output ?? 'ignore', 'inherit'],
  });
  for (const file of [input, output]) if (file !== undefined) closeSync(file);
  let peak = 0;
  const watch = () => (peak = Math.max(peak, ...peaksOf(child.pid)));
  // The peak that the kernel keeps only grows: looking now and then misses no more than the last moment.
  const watching = setInterval(watch, 20);
  const ended = once(child, 'exit').then(([status, signal]) => {
    const seconds = (performance.now() - began) / 1000;
    clearInterval(watching);
    if (status !== 0) throw new Error(`${command} ended with ${signal ?? `status ${status}`}`);
    return { seconds, peak };
  });
  ended.catch(() => clearInterval(watching));
  return { child, ended, watch };
}

/** Peak resident memory of a process and of its children, in MiB. */
function peaksOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  return [pid, ...descendantsOf(pid)].map((one) => (memory(one)?.peak ?? 0) / 2 ** 20);
}

/** The children of a process and theirs. */
export function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid) ?? [];
  return [...children, ...children.flatMap(descendantsOf)];
}
