// two-ports: one site on two ports by fork, by cluster and in one process: how soon both ports answer, what the processes
// take of the memory, and how many answers they give when both ports are asked at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childrenOf } from '../../test/harness/proc.ts';
import { currentRun } from '../../test/harness/run.ts';
import { makeRunnable } from '../../test/harness/transform.ts';
import { root } from '../lessons.ts';
import { FORK_FLAGS } from '../posix/flags.ts';
import type { Bench, Contender, Contest } from './contest.ts';
import { ground, lacks, shipped } from './ground.ts';

/** Connections to each port, and seconds of a round. */
const CONNECTIONS = 32;
const SECONDS = 2;

export async function twoPorts(rounds: number): Promise<Bench> {
  const out = ground('two-ports');
  const forking = await makeRunnable(join(root, 'solutions/two-ports'), 'server', out);
  const plain = await shipped('two-ports');
  const programs: readonly (readonly [name: string, args: readonly string[]])[] = [
    ['two forks and their parent', [...FORK_FLAGS, forking.args.at(-1) ?? '']],
    ['two workers and their primary', [join(plain, 'cluster.js')]],
    ['one process', [join(plain, 'one-process.js')]],
  ];
  const contest = (
    name: string,
    unit: string,
    higherIsBetter: boolean,
    take: (site: Site) => number | Promise<number>,
  ): Contest => ({
    name,
    unit,
    higherIsBetter,
    rounds,
    contenders: programs.map(([name, args]): Contender => ({
      name,
      async measure() {
        const site = await open(args);
        try {
          return await take(site);
        } finally {
          await site.stop();
        }
      },
    })),
  });
  return {
    contests: [
      contest('two-ports, from the start until both ports listen', 'ms', false, ({ took }) => took),
      contest(
        'two-ports, own memory of all processes once each port has answered (anonymous PSS)',
        'MiB',
        false,
        async ({ ports, pids }) => {
          for (const port of ports) await (await fetch(`http://127.0.0.1:${port}/`)).text();
          return pids().reduce((sum, pid) => sum + ownMemory(pid), 0);
        },
      ),
      {
        ...contest(
          `two-ports, both ports asked at once, ${CONNECTIONS} connections each`,
          'requests a second',
          true,
          async ({ ports }) => {
            const rates = await Promise.all(ports.map(ask));
            return rates.reduce((sum, rate) => sum + rate, 0);
          },
        ),
        missing: lacks('wrk'),
      },
    ],
    close: async () => {},
  };
}

/** A program that listens on both of its ports. */
interface Site {
  readonly ports: readonly number[];
  /** Milliseconds from its start to its second line. */
  readonly took: number;
  pids(): number[];
  stop(): Promise<void>;
}

async function open(args: readonly string[]): Promise<Site> {
  const [name = '', value = ''] = currentRun().mark.split('=');
  const began = performance.now();
  const child = spawn(process.execPath, [...args, '--port', '0', '--port', '0'], {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', [name]: value },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const ports: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    ports.push(Number(line.split(':').at(-1)));
    if (ports.length === 2) break;
  }
  const took = performance.now() - began;
  if (ports.length < 2) throw new Error(`${args.at(-1)} ended before it listened`);
  const pid = child.pid ?? 0;
  return {
    ports,
    took,
    pids: () => [pid, ...(childrenOf(pid) ?? [])],
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * What a process has of its own in MiB: without the pages of files, which all programs of this node share; of a page that n
 * processes share since a fork, 1/n. See proc_pid_smaps(5).
 */
function ownMemory(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss_Anon:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024;
}

/** Lets wrk ask for the page as often as it can; answers a second. */
async function ask(port: number): Promise<number> {
  const wrk = spawn(
    'wrk',
    ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, `http://127.0.0.1:${port}/`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  wrk.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(wrk, 'close');
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk was not served:\n${output}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}
