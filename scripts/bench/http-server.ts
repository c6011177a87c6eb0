// http-server: one small page from disk, 64 connections that stay open, against node:http and nginx; wrk asks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../test/harness/free-port.ts';
import { seededRandom } from '../../test/harness/random.ts';
import type { Bench, Contender } from './contest.ts';
import { ground, lacks, peer, shipped } from './ground.ts';
import { serve, type Server } from './process.ts';

const CONNECTIONS = 64;
const SECONDS = 3;
const PAGE = `<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>首页</title>
<link rel="icon" href="data:,"><h1>你好，世界</h1><p>One small page from disk.</p></html>
`;

export async function httpServer(rounds: number): Promise<Bench> {
  const place = ground('http-server');
  const site = join(place, 'site');
  await mkdir(site);
  await writeFile(join(site, 'index.html'), PAGE);
  const program = join(await shipped('http-server'), 'server.js');
  const noWrk = lacks('wrk');
  const noNginx = lacks('nginx');
  const servers: Server[] = [];
  const contender = async (
    name: string,
    missing: string | undefined,
    start: () => Promise<Server>,
  ): Promise<Contender> => {
    if (missing !== undefined || noWrk !== undefined)
      return { name, missing, measure: async () => NaN };
    const server = await start();
    servers.push(server);
    const slowest: number[] = [];
    return {
      name,
      async measure() {
        const { rate, p99 } = await ask(server.port);
        slowest.push(p99);
        return rate;
      },
      aside: () =>
        `p99 ${slowest.sort((a, b) => a - b)[slowest.length >> 1]?.toFixed(1)} ms, peak ${Math.round(server.peak())} MiB`,
    };
  };
  const node = (...args: string[]) => serve(process.execPath, args);
  return {
    contests: [
      {
        name: `http-server, one page of ${Buffer.byteLength(PAGE)} bytes from disk, ${CONNECTIONS} connections kept alive`,
        unit: 'requests a second',
        higherIsBetter: true,
        rounds,
        missing: noWrk,
        target: '2 times node:http, 0.8 of nginx with one worker',
        contenders: [
          await contender('the solution', undefined, () =>
            node(program, '--root', site, '--port', '0'),
          ),
          await contender('node:http, reads the file each time', undefined, () =>
            node(peer('http-node.mjs'), site),
          ),
          await contender('node:http, keeps the page in memory', undefined, () =>
            node(peer('http-node.mjs'), site, 'keep'),
          ),
          await contender('nginx, one worker', noNginx, () => startNginx(place, site)),
        ],
      },
    ],
    async close() {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(place, { recursive: true });
    },
  };
}

async function startNginx(place: string, site: string): Promise<Server> {
  const port = await freePort(seededRandom('nginx'));
  const configuration = join(place, 'nginx.conf');
  // Started by root, its worker would be somebody else, who may not read what is here.
  const user = process.getuid?.() === 0 ? 'user root; ' : '';
  await writeFile(
    configuration,
    `${user}daemon off; worker_processes 1; pid ${place}/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http {
  types { text/html html; } charset utf-8; access_log off; sendfile on; tcp_nopush on;
  keepalive_requests 1000000000;
  client_body_temp_path ${place}/1; proxy_temp_path ${place}/2; fastcgi_temp_path ${place}/3;
  uwsgi_temp_path ${place}/4; scgi_temp_path ${place}/5;
  server { listen 127.0.0.1:${port}; root ${site}; index index.html; }
}
`,
  );
  return serve('nginx', ['-p', place, '-c', configuration]);
}

/** Lets wrk ask for the page as often as it can. */
async function ask(port: number): Promise<{ rate: number; p99: number }> {
  const url = `http://127.0.0.1:${port}/`;
  const wrk = spawn('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  wrk.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(wrk, 'close');
  if (/Non-2xx|Socket errors/.test(output)) throw new Error(`wrk was not served:\n${output}`);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  return { rate, p99: Number(number) * ({ us: 0.001, ms: 1, s: 1000 }[unit ?? ''] ?? NaN) };
}
