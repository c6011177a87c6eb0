// `npm run ex -- doctor`: what is wrong with this machine, if anything, each finding with what to do about it.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLesson, lessons, root, type Lesson } from '../lessons.ts';
import { paint, print } from '../screen.ts';
import { UserError } from '../user-error.ts';
import { openWorkbookDir } from '../workbook-dir.ts';

interface Finding {
  readonly state: 'well' | 'notice' | 'wrong';
  readonly text: string;
}

/** Exit status: 0 if nothing is in the way, 1 if something is. */
export async function doctor([typed, ...rest]: readonly string[]): Promise<number> {
  if (rest.length > 0) throw new UserError('usage: npm run ex -- doctor [lesson]');
  const about = typed === undefined ? lessons : [findLesson(typed)];
  const findings = [
    node(),
    ...packages(),
    system(about),
    ...(await ports(about)),
    await workbookDir(),
    await room(),
    ...tools(),
  ];
  const marks = { well: paint.green('✓'), notice: paint.yellow('·'), wrong: paint.red('✗') };
  print('', ...findings.map(({ state, text }) => `  ${marks[state]} ${text}`), '');
  return findings.some(({ state }) => state === 'wrong') ? 1 : 0;
}

function node(): Finding {
  // A Node that is too old does not come this far: scripts/start.cjs refuses it.
  return {
    state: 'well',
    text: `Node ${process.versions.node} on ${process.platform} (20.19 or newer is needed)`,
  };
}

function packages(): Finding[] {
  const load = createRequire(join(root, 'package.json'));
  const manifest = load('./package.json') as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const missing = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    (name) => !existsSync(join(root, 'node_modules', name)),
  );
  if (missing.length > 0)
    return [{ state: 'wrong', text: `packages are missing (${missing.join(', ')}): npm ci` }];
  try {
    (load('esbuild') as typeof import('esbuild')).transformSync('1');
  } catch (error) {
    // Its message is long and speaks of platforms: the binary of another system, or none at all.
    const { message } = error as Error;
    if (!/platform|esbuild/.test(message)) throw error;
    return [
      {
        state: 'wrong',
        text: 'esbuild does not run here: node_modules is from another system. Remove it, then: npm ci',
      },
    ];
  }
  return [{ state: 'well', text: 'all packages are installed' }];
}

function system(about: readonly Lesson[]): Finding {
  const linuxOnly = about.filter(({ platform }) => platform === 'linux').map(({ name }) => name);
  if (process.platform === 'linux' && readdirSync('/proc').includes('self')) {
    return { state: 'well', text: 'the kernel can be asked about processes and sockets (/proc)' };
  }
  const lost = linuxOnly.length > 0 ? `; these lessons need Linux: ${linuxOnly.join(', ')}` : '';
  return {
    state: 'notice',
    text: `no /proc here: some diagnoses are less exact${lost}. On Windows, WSL has it`,
  };
}

async function ports(about: readonly Lesson[]): Promise<Finding[]> {
  const wanted = [...new Set(about.flatMap((lesson) => lesson.ports))];
  return await Promise.all(
    wanted.map(async (port): Promise<Finding> => {
      if (await isFree(port)) return { state: 'well', text: `port ${port} is free` };
      return {
        state: 'notice',
        text: `port ${port} is taken: end what uses it (ss -ltnp), or run programs with -- --port 0`,
      };
    }),
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

async function workbookDir(): Promise<Finding> {
  const { warnings, writable } = await openWorkbookDir(join(root, '.workbook'));
  if (writable) return { state: 'well', text: 'progress and versions can be kept in .workbook/' };
  return { state: 'wrong', text: warnings.at(-1) ?? '.workbook/ cannot be written' };
}

/** The largest test file needs 50 MB, twice. */
const ENOUGH = 256 * 1024 * 1024;

async function room(): Promise<Finding> {
  const { bavail, bsize } = await statfs(tmpdir());
  const free = bavail * bsize;
  const text = `${Math.floor(free / 1024 / 1024).toLocaleString('en')} MiB free in ${tmpdir()}`;
  if (free >= ENOUGH) return { state: 'well', text };
  return { state: 'wrong', text: `${text}, 256 are needed: make room, or point TMPDIR elsewhere` };
}

function tools(): Finding[] {
  const wanted = [
    ['nc', 'to speak to a server by hand'],
    ['curl', 'to ask an HTTP server by hand'],
    ['python3', 'to see that a client in another language gets on with your server'],
  ] as const;
  return wanted.map(([tool, use]): Finding => {
    const found = spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
    return found
      ? { state: 'well', text: `${tool} is there` }
      : { state: 'notice', text: `${tool} is not there: only ${use}` };
  });
}
