// The sandbox: how a student's programs are kept apart from the judge, from other submissions and from the machine. Each
// lesson of each submission is judged in a ward of its own, which holds the judge and all that it starts, and is gone as a
// whole when it is over. In it the programs run as another user than the judge.
//
// `namespaces`: the ward is made by bubblewrap: own user, pid, network, ipc and host-name namespaces, loopback only, the
// system read-only, temp files of its own; of the workbook it has no more than the judge needs, and solutions and tests are
// closed to the student's user. `user`: no namespaces (inside most containers there can be none), but the other user, and
// solutions and tests that others cannot read. `none`: limits only, and the same user.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { root } from '../lessons.ts';
import type { Level } from './record.ts';

/** One place for a judge at work. No two at the same time have the same number, and so never the same users. */
export interface Slot {
  readonly number: number;
}

/** A judge at work. It is told what to do on stdin and answers on `answers`; stdout and stderr are for trouble. */
export interface Ward {
  readonly stdin: Writable;
  readonly answers: Readable;
  /** What was said on stderr so far, the first lines of it: why it could not be set up, or how it broke. */
  trouble(): string;
  /** Resolves when every process in it is gone. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Ends all of it at once. */
  kill(): void;
}

/** Who is who in a ward. In `namespaces` these are numbers within it; what they are outside is the slot's. */
export interface Users {
  readonly judge: number;
  readonly student: number;
}

/** Bytes for temp files in a ward: some lessons copy hundreds of MiB. It lives in memory, as far as it is used. */
const DISK = 3 * 2 ** 30;
/** Files there. Each takes a KiB of the kernel's own memory. */
const MOST_FILES = 200_000;
/** Characters of stderr that are kept. */
const MOST_TROUBLE = 2_000;
/** Users of the slots, from here on, two for each: numbers that no system gives to anybody. */
const FIRST_USER = 1_900_000_000;
/** Where the workbook stands in a ward, wherever it is outside. */
const WORKBOOK = '/workbook';
/** Where temp files are in a ward. */
const TEMP = '/tmp';
const JUDGE = join('scripts', 'grade', 'judge.cjs');

/** The best level that works on this machine, and why the better ones do not. */
export async function probe(): Promise<{ readonly level: Level; readonly why: readonly string[] }> {
  const why: string[] = [];
  for (const level of ['namespaces', 'user'] as const) {
    const fault = (await (level === 'namespaces' ? tryNamespaces() : tryUser())) ?? undefined;
    if (fault === undefined) return { level, why };
    why.push(`${level}: ${fault}`);
  }
  return { level: 'none', why };
}

/** Starts a judge (judge.ts). Rejects with what the sandbox says if it cannot be set up. */
export async function startWard(level: Level, slot: Slot): Promise<Ward> {
  const home = level === 'namespaces' ? WORKBOOK : root;
  const users = usersOf(level, slot);
  const node = [process.execPath, join(home, JUDGE), level, JSON.stringify(users)];
  if (level === 'namespaces') return startInNamespaces(slot, node);
  if (level === 'user') return startAsUser(users, node);
  return startHere(node, process.env['TMPDIR'] ?? '/tmp');
}

function startHere(node: readonly string[], temp: string): Ward {
  // Whatever ends the grader ends the judge, and the judge's guardian all the rest.
  const [command = '', ...args] = ['setpriv', '--pdeathsig=KILL', ...node];
  return wardOf(
    spawn(command, args, {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
      env: environment(temp),
    }),
    3,
  );
}

export function usersOf(level: Level, { number }: Slot): Users {
  if (level === 'namespaces') return { judge: 0, student: 1 };
  const own = process.getuid?.() ?? 0;
  return { judge: own, student: level === 'none' ? own : FIRST_USER + 2 * number + 1 };
}

// --- namespaces ---

async function startInNamespaces(slot: Slot, node: readonly string[]): Promise<Ward> {
  // bwrap waits on `4` until its users are mapped, and names its child on `5`.
  const command = ['bwrap', ...walls(), '--userns-block-fd', '4', '--info-fd', '5'];
  const isRoot = process.getuid?.() === 0;
  const outside = {
    judge: FIRST_USER + 2 * slot.number,
    student: FIRST_USER + 2 * slot.number + 1,
  };
  const as = `${outside.judge}`;
  const [program = '', ...args] = [
    ...(isRoot ? ['setpriv', '--reuid', as, '--regid', as, '--clear-groups'] : []),
    ...command,
    'sh',
    '-c',
    FURNISH,
    'sh',
    ...node,
  ];
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: environment(TEMP),
  });
  const [, , , , block, info] = child.stdio as unknown as [
    unknown,
    unknown,
    unknown,
    unknown,
    Writable,
    Readable,
  ];
  block.on('error', () => {});
  const ward = wardOf(child, 3);
  const inner = await Promise.race([childOf(info), ward.gone.then(() => undefined)]);
  if (inner === undefined) throw new Error(ward.trouble());
  if (isRoot) {
    for (const map of ['uid_map', 'gid_map'])
      writeFileSync(`/proc/${inner}/${map}`, `0 ${outside.judge} 2\n`);
  } else mapBySubordinates(inner, slot);
  block.end('x');
  return ward;
}

/** What bwrap builds. Each thing stands on those before it. */
function walls(): string[] {
  const readOnly = (path: string, at = path) => ['--ro-bind', path, at];
  const own = (path: string) => readOnly(join(root, path), join(WORKBOOK, path));
  const system = SYSTEM.filter((path) => existsSync(path));
  const closed = (path: string) => [
    ...words('--perms 0770 --dir'),
    join(WORKBOOK, path),
    ...readdirSync(join(root, path)).flatMap((name) => own(join(path, name))),
  ];
  return [
    ...words('--unshare-user --uid 0 --gid 0'),
    ...words('--unshare-pid --unshare-net --unshare-ipc --unshare-uts'),
    ...words('--hostname workbook --die-with-parent --cap-add ALL'),
    ...words('--perms 0755 --dir /etc'),
    ...system.flatMap((path) => readOnly(path)),
    ...(process.execPath.startsWith('/usr/') ? [] : readOnly(nodeHome())),
    ...words('--proc /proc --dev /dev'),
    ...words(`--perms 1777 --dir ${TEMP}`),
    ...words(`--perms 0755 --dir ${WORKBOOK}`),
    ...OPEN.flatMap(own),
    ...CLOSED.flatMap(closed),
  ];
}

/** Words of a command line, where none has a blank in it. */
function words(line: string): string[] {
  return line.split(' ');
}

/** Of the machine: programs, their libraries, and the fonts of a browser. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/etc/alternatives',
  '/etc/chromium.d',
  '/etc/fonts',
  '/etc/ld.so.cache',
  '/etc/ld-musl-x86_64.path',
];
/** Of the workbook: what programs under check may read, and what only the judge may. */
const OPEN = ['node_modules', 'package.json', 'tsconfig.json', 'scripts', 'exercises'];
const CLOSED = ['solutions', 'test'];

/**
 * Within the ward, before the judge: temp files, so many and no more; no namespaces in it, which could mount more, and 256 MiB
 * of System V shared memory; names for its users and for its own address.
 */
const FURNISH = `set -e
mount -t tmpfs -o size=${DISK},nr_inodes=${MOST_FILES},mode=1777,nosuid,nodev tmp ${TEMP}
echo 0 >/proc/sys/user/max_user_namespaces
echo 65536 >/proc/sys/kernel/shmall || true
mkdir -p /etc
echo 'student:x:1:1:student:${TEMP}:/bin/sh' >/etc/passwd
echo 'student:x:1:' >/etc/group
printf '127.0.0.1 localhost\\n::1 localhost\\n' >/etc/hosts
exec "$@"`;

/**
 * An ordinary user may map only itself and the ids that /etc/subuid gives it: newuidmap(1). The judge is the user itself, a
 * student's programs are the slot's subordinate.
 */
function mapBySubordinates(pid: number, { number }: Slot): void {
  const ids = { newuidmap: process.getuid?.() ?? 0, newgidmap: process.getgid?.() ?? 0 };
  for (const [tool, own] of Object.entries(ids)) {
    const first = subordinates(tool === 'newuidmap' ? '/etc/subuid' : '/etc/subgid');
    const maps = [0, own, 1, 1, first + number, 1].map(String);
    const { status, stderr } = spawnSync(tool, [`${pid}`, ...maps], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${tool}: ${stderr.trim()}`);
  }
}

/** The first id that a file like /etc/subuid gives to this user. See subuid(5). */
function subordinates(file: string): number {
  const { username } = userInfo();
  const uid = `${process.getuid?.()}`;
  const line = existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .map((text) => text.split(':'))
        .find(([name]) => name === username || name === uid)
    : undefined;
  if (!line) throw new Error(`${file} gives no ids to ${username}: see subuid(5)`);
  return Number(line[1]);
}

/** The pid that bwrap tells of, on its --info-fd. */
async function childOf(info: Readable): Promise<number | undefined> {
  let text = '';
  for await (const chunk of info) {
    text += String(chunk);
    const pid = text.match(/"child-pid": (\d+)/)?.[1];
    if (pid !== undefined && text.includes('}')) return Number(pid);
  }
  return undefined;
}

async function tryNamespaces(): Promise<string | undefined> {
  if (spawnSync('bwrap', ['--version']).error) return 'bubblewrap (bwrap) is not installed';
  try {
    const ward = await startWard('namespaces', { number: 0 });
    ward.stdin.end();
    const { code } = await ward.gone;
    return code === 0 ? undefined : ward.trouble();
  } catch (error) {
    return (error as Error).message;
  }
}

// --- a user of their own ---

/** Where the temp files of its wards stand. Above it is nothing that a student's program could write. */
const WARDS = '/var/lib/workbook';
/** Directories that everybody can write, as systems have them. */
const OPEN_TO_ALL = ['/tmp', '/var/tmp', '/dev/shm', '/run/lock'];

/**
 * Its temp files do not stand in /tmp: there a program could plant a package.json or modules, which would be found from every
 * directory below. What it has written in places that are open to all is cleared away before the next ward begins.
 */
function startAsUser(users: Users, node: readonly string[]): Ward {
  mkdirSync(WARDS, { recursive: true });
  const temp = mkdtempSync(join(WARDS, 'ward-'));
  chmodSync(temp, 0o711);
  const ward = startHere(node, temp);
  const gone = ward.gone.then((end) => {
    endAll(users);
    rmSync(temp, { recursive: true, force: true });
    const places = OPEN_TO_ALL.filter((path) => existsSync(path));
    spawnSync('find', [...places, '-xdev', '-user', `${users.student}`, '-delete']);
    return end;
  });
  return { ...ward, gone };
}

/** Ends whatever still runs as the student's user: it may send signals to its own processes, and to no others. */
function endAll({ student }: Users): void {
  const as = [`--reuid=${student}`, `--regid=${student}`, '--clear-groups'];
  spawnSync('setpriv', [...as, 'sh', '-c', 'kill -9 -1']);
}

/** Needs root, and solutions and tests that other users cannot read. */
async function tryUser(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'it needs to be started by root';
  const open = ['solutions', 'test'].filter(
    (name) => (statSync(join(root, name)).mode & 0o007) !== 0,
  );
  if (open.length === 0) return undefined;
  return `others can read ${open.join(' and ')}: chmod -R o-rwx ${open.join(' ')}`;
}

// --- what all have ---

/** `answers` is the file descriptor on which the judge answers. */
function wardOf(child: ChildProcess, answers: number): Ward {
  const gone = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  let said = '';
  child.once('error', (error) => (said += error.message));
  child.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < MOST_TROUBLE) said += String(chunk);
  });
  child.stdin?.on('error', () => {});
  return {
    stdin: child.stdin as Writable,
    answers: child.stdio[answers] as Readable,
    trouble: () => said.trim().replace(/\s*\n\s*/g, ' | ') || 'it ended without a word',
    gone,
    kill() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      // Its group: in `namespaces` the death of bwrap is that of its pid namespace.
      process.kill(-child.pid, 'SIGKILL');
    },
  };
}

/** Small and fixed, as the one that programs under check get. */
function environment(temp: string): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    HOME: temp,
    TMPDIR: temp,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
  };
}

/** The directory that holds node's `bin`. */
function nodeHome(): string {
  return dirname(dirname(process.execPath));
}
