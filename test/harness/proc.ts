// What the kernel says of the processes and sockets under test, read from /proc: see proc(5). Linux only; elsewhere
// every list is empty and every number undefined, and what depends on it falls back to what Node itself can see.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * One row of `/proc/<pid>/stat`. `state` is R, S, D, T, Z …; `cpu` is user plus system time, `started` the time since
 * boot at which it started, both in clock ticks (10 ms). `threads` counts those that are left. `status` is what wait(2) says
 * of a zombie.
 */
export interface ProcessRow {
  readonly pid: number;
  readonly command: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly cpu: number;
  readonly threads: number;
  readonly started: number;
  readonly status: number;
}

/** A socket that waits for peers. `address` is as the kernel knows it: `127.0.0.1`, `0.0.0.0`, `::1`, `::`. */
export interface Listener {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** Every process there is, zombies included. */
export function processes(): ProcessRow[] {
  return numbersIn('/proc').flatMap((pid) => processRow(pid) ?? []);
}

let latest: { readonly at: number; readonly rows: readonly ProcessRow[] } | undefined;

/** The same, but a look that is at most `age` milliseconds old will do: many programs can share one. */
function recentProcesses(age: number): readonly ProcessRow[] {
  const at = performance.now();
  if (!latest || at - latest.at > age) latest = { at, rows: processes() };
  return latest.rows;
}

/** One process; undefined once it has been reaped. */
export function processRow(pid: number): ProcessRow | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command stands in parentheses and may hold some itself: cut at the last one.
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ');
  return {
    pid,
    command: stat.slice(stat.indexOf('(') + 1, close),
    state: fields[0] ?? '?',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpu: Number(fields[11]) + Number(fields[12]),
    threads: Number(fields[17]),
    started: Number(fields[19]),
    status: Number(fields[49]),
  };
}

/** Every process of a user, zombies left out; a look that is at most `age` milliseconds old will do. */
export function processesOf(user: number, age = 0): ProcessRow[] {
  const real = new RegExp(`^Uid:\\s+${user}\\s`, 'm');
  return recentProcesses(age).filter(
    ({ pid, state }) => state !== 'Z' && real.test(read(`/proc/${pid}/status`) ?? ''),
  );
}

export interface FamilyOptions {
  /** When the program started, see {@link ProcessRow}. Older processes are not its children and are not looked into. */
  readonly since?: number;
  /** How many milliseconds old the answer may be; default 0. */
  readonly age?: number;
}

/** The sessions of the programs that were started from here: see {@link startSession}. */
const sessions = new Set<number>();

/** Tells that `session` belongs to one program alone, so that nobody else's processes are looked for in it. */
export function startSession(session: number): void {
  sessions.add(session);
}

/** The program of this session is gone with all its children. */
export function endSession(session: number): void {
  sessions.delete(session);
}

/**
 * The processes that belong to a program: those of its process group or session, those that left both (setsid, daemons)
 * but still carry `mark`, a `NAME=value` of its environment, which every child inherits, and the children of all these.
 *
 * Environments are read only where nothing else tells: to read one is dear, and it waits for a process that is being
 * replaced (execve), which a runaway can hold up for seconds.
 */
export function family(
  group: number,
  mark: string,
  { since = 0, age = 0 }: FamilyOptions = {},
): ProcessRow[] {
  const all = recentProcesses(age);
  const started = new Map(all.map((row) => [row.pid, row.started]));
  const rows = all.filter((row) => row.pid !== process.pid && row.started >= since);
  // The kernel may have given the number of a program that is long gone to somebody else.
  const own = since === 0 || (started.get(group) ?? since) === since;
  const belongs = (row: ProcessRow): boolean => {
    if (own && (row.group === group || row.session === group)) return true;
    // A process can begin a session of its own, but it can join neither another program's nor one that was there before.
    if (sessions.has(row.session) || (started.get(row.session) ?? since) < since) return false;
    return row.state !== 'Z' && carries(row.pid, mark);
  };
  const found = new Set(rows.filter(belongs));
  const pids = new Set([...found].map(({ pid }) => pid));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const row of rows) {
      if (found.has(row) || !pids.has(row.parent)) continue;
      found.add(row);
      pids.add(row.pid);
    }
  }
  return [...found];
}

/**
 * True if more than `most` processes are in this process group or session. The newest are looked at first: of a runaway
 * there are thousands, and a few reads must do.
 */
export function crowded(group: number, most: number): boolean {
  let count = 0;
  for (const pid of numbersIn('/proc').reverse()) {
    const row = processRow(pid);
    if (row && (row.group === group || row.session === group)) count += 1;
    if (count > most) return true;
  }
  return false;
}

/**
 * How many threads there are on the whole machine: one small read (0.01 ms), where {@link processes} reads a file for each
 * process. See proc_loadavg(5). Undefined off Linux.
 */
export function threads(): number | undefined {
  const total = Number(read('/proc/loadavg')?.split(' ')[3]?.split('/')[1]);
  return Number.isNaN(total) ? undefined : total;
}

/** The number that the kernel gave last, to a process or a thread: as cheap. While it stays, nobody was forked. */
export function lastCreated(): number | undefined {
  const last = Number(read('/proc/loadavg')?.split(' ')[4]);
  return Number.isNaN(last) ? undefined : last;
}

/** True if a process has ended, reaped or not. */
export function hasEnded(pid: number): boolean {
  return 'ZX'.includes(processRow(pid)?.state ?? 'X');
}

/**
 * True if a signal is in one of a process's sets: those it ignores (`SigIgn`), catches (`SigCgt`), or that are kept for it
 * until it may go on (`SigPnd`, `ShdPnd`). See proc_pid_status(5).
 */
export function hasSignal(
  pid: number,
  set: 'SigIgn' | 'SigCgt' | 'SigPnd' | 'ShdPnd',
  signal: NodeJS.Signals,
): boolean {
  const bits = read(`/proc/${pid}/status`)?.match(new RegExp(`^${set}:\\s+([0-9a-f]+)$`, 'm'))?.[1];
  // Bit 0 is signal 1.
  return ((BigInt(`0x${bits ?? '0'}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** True if a process is blocked in wait(2) or waitpid(2); false where the kernel does not tell. See proc_pid_wchan(5). */
export function waitsForChild(pid: number): boolean {
  return read(`/proc/${pid}/wchan`) === 'do_wait';
}

/**
 * The ids of a process's children that were not reaped, without a look at all the other processes: a hundred times cheaper.
 * Undefined if it has ended, or if this kernel has no such lists: see proc_pid_task(5).
 */
export function childrenOf(pid: number): number[] | undefined {
  const tasks = numbersIn(`/proc/${pid}/task`);
  const lists = tasks.map((task) => read(`/proc/${pid}/task/${task}/children`));
  if (lists.length === 0 || lists.includes(undefined)) return undefined;
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}

/** True if the process was started with `mark` (`NAME=value`) in its environment. */
export function carries(pid: number, mark: string): boolean {
  const environment = read(`/proc/${pid}/environ`);
  return environment !== undefined && `\0${environment}`.includes(`\0${mark}\0`);
}

/** True if every thread of these processes sleeps or is stopped, so that nothing more will happen unless something arrives. */
export function asleep(pids: readonly number[]): boolean {
  return pids.every((pid) =>
    numbersIn(`/proc/${pid}/task`).every((thread) => {
      const stat = read(`/proc/${pid}/task/${thread}/stat`);
      const state = stat?.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
      return state === undefined || 'SZXTtI'.includes(state);
    }),
  );
}

export interface Memory {
  /** What is in memory now, shared libraries and all (`VmRSS`). */
  readonly now: number;
  /** `now` at its highest (`VmHWM`). */
  readonly peak: number;
  /** What nothing else could share: without the pages of files, so that it may be added up over processes. */
  readonly own: number;
}

/** Memory of a process in bytes, see proc_pid_status(5). Undefined off Linux and after its end. */
export function memory(pid: number): Memory | undefined {
  const status = read(`/proc/${pid}/status`);
  const bytes = (name: string) => {
    const kibibytes = status?.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  };
  const [now, peak] = [bytes('VmRSS'), bytes('VmHWM')];
  if (now === undefined || peak === undefined) return undefined;
  return { now, peak, own: now - (bytes('RssFile') ?? 0) };
}

/** What these processes listen on (TCP) or are bound to (UDP): their socket inodes, looked up in /proc/net. */
export function listeners(pids: readonly number[]): Listener[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  if (inodes.size === 0) return [];
  const found = [
    ...rows('/proc/net/tcp', 'tcp'),
    ...rows('/proc/net/tcp6', 'tcp'),
    ...rows('/proc/net/udp', 'udp'),
    ...rows('/proc/net/udp6', 'udp'),
  ].filter((row) => inodes.has(row.inode));
  // The kernel hands its tables out piece by piece: one that changes meanwhile may show a row twice.
  return [...new Map(found.map((row) => [row.inode, row])).values()];
}

const TCP_LISTEN = '0A';

function rows(file: string, protocol: 'tcp' | 'udp'): (Listener & { inode: string })[] {
  return (read(file) ?? '')
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [host, port] = (fields[1] ?? '').split(':');
      if (!host || !port || (protocol === 'tcp' && fields[3] !== TCP_LISTEN)) return [];
      return [
        { protocol, address: address(host), port: parseInt(port, 16), inode: fields[9] ?? '' },
      ];
    });
}

/** The kernel prints an address as 32-bit words in the machine's byte order: `0100007F` is 127.0.0.1. */
function address(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.length === 4) return bytes.reverse().join('.');
  for (let at = 0; at < 16; at += 4) bytes.subarray(at, at + 4).reverse();
  const text = bytes.toString('hex');
  if (/^0+$/.test(text)) return '::';
  if (/^0+1$/.test(text)) return '::1';
  return text.match(/.{4}/g)?.join(':') ?? text;
}

function socketInodes(pid: number): string[] {
  return numbersIn(`/proc/${pid}/fd`).flatMap((fd) => {
    const target = readLink(`/proc/${pid}/fd/${fd}`);
    return target?.match(/^socket:\[(\d+)\]$/)?.[1] ?? [];
  });
}

function numbersIn(directory: string): number[] {
  try {
    return readdirSync(directory)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    return gone(error, []);
  }
}

/** A file of /proc, or any other; undefined if it is gone. */
export function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return gone(error, undefined);
  }
}

function readLink(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch (error) {
    return gone(error, undefined);
  }
}

/** A process may end between two reads (ENOENT, ESRCH) or belong to somebody else (EACCES, EPERM): then it tells nothing. */
function gone<T>(error: unknown, nothing: T): T {
  const { code } = error as NodeJS.ErrnoException;
  if (code && ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code)) return nothing;
  throw error;
}
