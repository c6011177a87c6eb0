// A program under check, as a process of its own: started in its own group with a small fixed environment, spoken to from
// outside only, bounded in what it may print and start, and ended with all its children on every way out.
import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCapture, type Capture } from './capture.ts';
import type { Actor, Exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { clean } from './bytes.ts';
import {
  crowded,
  endSession,
  family,
  listeners,
  memory,
  processesOf,
  processRow,
  startSession,
  threads,
  type Listener,
  type Memory,
  type ProcessRow,
} from './proc.ts';
import type { Runnable } from './transform.ts';
import type { Happenings, WaitOptions } from './waiting.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why a program was ended by the harness while it ran. */
export type Excess = 'output' | 'processes' | 'memory' | 'disk';

export interface Program {
  /** The name of the program in its lesson: `server`. */
  readonly program: string;
  /** Its name in the exchange. */
  readonly actor: Actor;
  /** False for a reference program, which is not what is judged. */
  readonly judged: boolean;
  readonly pid: number;
  readonly stdout: Capture;
  readonly stderr: Capture;
  /** Set once it has ended and all its output has been read. */
  readonly exit: Exit | undefined;
  readonly excess: Excess | undefined;
  /** The last signal that the check sent. */
  readonly signalled: NodeJS.Signals | undefined;
  /**
   * Waits for the ready line of a server, `listening on 127.0.0.1:40123`. Throws a {@link Failure} if there is none, or if the kernel
   * knows of no such port: on Linux the program must listen where its `--host` and `--port` say.
   */
  ready(options?: WaitOptions): Promise<Address>;
  /** Waits until a line of stdout, not yet taken, satisfies `wanted`; takes it and all before it. */
  line(wanted: (line: string) => boolean, what: string, options?: WaitOptions): Promise<string>;
  /** Waits for its end. */
  ended(what: string, options?: WaitOptions): Promise<Exit>;
  write(text: string | Uint8Array): void;
  endInput(): void;
  signal(name: NodeJS.Signals): void;
  /** Its processes as the kernel sees them now, children and runaways included. */
  family(age?: number): ProcessRow[];
  listeners(): Listener[];
  memory(): Memory | undefined;
  /** True if it runs and would go on running for ever: an endless loop, as far as the kernel can tell. */
  spins(): boolean;
  /**
   * Kills it and all its children at once and waits until they are gone. Rejects if the kernel does not let them go within
   * {@link PATIENCE_WITH_KERNEL} milliseconds.
   */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  readonly program: string;
  readonly actor: Actor;
  readonly judged: boolean;
  readonly runnable: Runnable;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Record<string, string>;
  /** `NAME=value` by which its children are known, see {@link family}. */
  readonly mark: string;
  readonly exchange: Exchange;
  readonly happenings: Happenings;
  /** It is ended when no more bytes than that are left on the disk of its directory. */
  readonly leastDisk?: number;
  /** Whatever runs as this user is counted as its own, however well it hides. */
  readonly user?: number;
  /** Ends all of that user's processes at one stroke. */
  readonly endUser?: () => void;
}

/** More processes than any lesson needs, few enough to stop a runaway fork in time. */
const MOST_PROCESSES = 64;
/** Memory of the whole family, in bytes. */
const MOST_MEMORY = 1.5 * 2 ** 30;
/** How often a program is looked at, in milliseconds; several programs share one look. */
const GUARD_INTERVAL = 100;
const GUARD_AGE = 80;
/**
 * A fork bomb doubles in a millisecond or two, and once there are thousands of it, whoever should end it gets no processor
 * any more. So the threads of the machine are counted far more often, and a sudden rise brings the look forward.
 */
const PULSE = 10;
const SUDDEN_RISE = 32;
/** A process that has used this many clock ticks (0.3 s) and still wants more is busy; node needs 5 to start. */
const BUSY_TICKS = 30;
/** How long runaways are hunted in one go, in milliseconds, before the rest of this process gets a turn. */
const HUNT = 250;
const PATIENCE_WITH_KERNEL = 10_000;
/** How many turns of 20 ms are waited for the ends of the pipes when the program itself has ended. */
const HELD_OPEN = 15;

export function startProgram(options: ProgramOptions): Program {
  const { program, actor, judged, runnable, args, mark, exchange, happenings } = options;
  const child = spawn(runnable.command, [...runnable.args, ...args], {
    cwd: options.cwd,
    env: options.environment,
    detached: true,
    stdio: 'pipe',
  });
  exchange.record({ kind: 'start', from: actor, note: [program, ...args].join(' ') });

  const stdout = createCapture();
  const stderr = createCapture();
  let exit: Exit | undefined;
  let excess: Excess | undefined;
  let signalled: NodeJS.Signals | undefined;
  let taken = 0;
  let scanned = 0;
  let address: Address | undefined;
  const pid = child.pid ?? -1;
  // Not yet reaped, so the row is there even if it has ended already.
  const since = processRow(pid)?.started ?? 0;
  startSession(pid);
  const own = (age = 0) => family(pid, mark, { since, age });

  const end = (why: Excess) => {
    excess ??= why;
    options.endUser?.();
    killFamily();
  };
  const look = (risen: boolean) => {
    if (risen && !exit && crowded(pid, MOST_PROCESSES)) {
      end('processes');
      return;
    }
    const age = risen ? PULSE / 2 : GUARD_AGE;
    const rows = options.user === undefined ? own(age) : processesOf(options.user, age);
    if (exit && rows.length === 0) clearInterval(guard);
    else if (excess) killFamily();
    else if (rows.length > MOST_PROCESSES) end('processes');
    else if (rows.reduce((sum, row) => sum + (memory(row.pid)?.own ?? 0), 0) > MOST_MEMORY)
      end('memory');
    else if (options.leastDisk && bytesLeft(options.cwd) < options.leastDisk) end('disk');
  };
  let calm = threads() ?? 0;
  let looked = performance.now();
  // It watches on when the program itself has ended: its children may not have.
  const guard = setInterval(() => {
    const now = threads() ?? 0;
    const risen = now > calm + SUDDEN_RISE;
    if (!risen && performance.now() - looked < GUARD_INTERVAL) return;
    calm = now;
    looked = performance.now();
    look(risen);
  }, PULSE);

  listen(child.stdout, stdout, 'stdout');
  listen(child.stderr, stderr, 'stderr');
  // The program may end before it has read its input: then EPIPE here is its business, not ours.
  child.stdin.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      stderr.add(Buffer.from(`${error.message}\n`));
      finish({ code: 127, signal: null });
      resolve();
    });
    child.once('exit', (code, signal) => {
      // A child left behind may hold the pipes open for ever: what the program itself printed has arrived by then. Turns
      // are counted, not time: if this process was held up, its timers are late and the pipes are still unread.
      let turns = 0;
      const rest = setInterval(() => {
        turns += 1;
        if (turns < HELD_OPEN) return;
        child.stdout.destroy();
        child.stderr.destroy();
      }, 20);
      child.once('close', () => {
        clearInterval(rest);
        finish({ code, signal });
        resolve();
      });
    });
  });

  function listen(
    stream: NodeJS.ReadableStream,
    capture: Capture,
    kind: 'stdout' | 'stderr',
  ): void {
    stream.on('data', (chunk: Buffer) => {
      capture.add(chunk);
      exchange.record({ kind, from: actor, bytes: chunk });
      if (capture.overflowed && !excess) end('output');
      happenings.happened();
    });
    stream.on('end', () => capture.end());
  }

  function finish(how: Exit): void {
    stdout.end();
    stderr.end();
    exit = how;
    exchange.record({ kind: 'exit', from: actor, note: describeExit(how) });
    happenings.happened();
  }

  /**
   * The group first: the kernel kills that at one stroke, none of it can fork meanwhile. Those that have left the group are
   * looked for again and again, until no new ones turn up: they may be forking while they are looked for.
   */
  function killFamily(): void {
    const until = performance.now() + HUNT;
    const killed = new Set<number>();
    for (let found = true; found && performance.now() < until;) {
      if (!reaped()) signalGroup(pid, 'SIGKILL');
      const rows = own().filter((row) => isAlive(row) && !killed.has(row.pid));
      if (rows.some(({ group }) => group === pid)) signalGroup(pid, 'SIGKILL');
      for (const row of rows) {
        killed.add(row.pid);
        signalProcess(row.pid, 'SIGKILL');
      }
      found = rows.length > 0;
    }
  }

  /** True once its number may be given to another process. */
  function reaped(): boolean {
    return child.exitCode !== null || child.signalCode !== null;
  }

  const running: Program = {
    program,
    actor,
    judged,
    pid,
    stdout,
    stderr,
    get exit() {
      return exit;
    },
    get excess() {
      return excess;
    },
    get signalled() {
      return signalled;
    },
    ready: (waitOptions) =>
      happenings.until(
        () => {
          while (!address && scanned < stdout.lines.length) {
            address = readyAddress(stdout.lines[scanned] ?? '');
            scanned += 1;
          }
          if (!address && exit) throw startFault(running, args);
          const fault = address && elsewhere(running, args, address);
          if (fault) throw fault;
          return address;
        },
        () => startFault(running, args),
        waitOptions,
      ),
    line(wanted, what, waitOptions) {
      let at = taken;
      return happenings.until(
        () => {
          for (at = Math.max(at, taken); at < stdout.lines.length; at += 1) {
            const line = stdout.lines[at] ?? '';
            if (!wanted(line)) continue;
            taken = at + 1;
            return line;
          }
          if (exit) throw missingLine(running, what);
          return undefined;
        },
        () => missingLine(running, what),
        waitOptions,
      );
    },
    ended: (what, waitOptions) =>
      happenings.until(
        () => exit,
        () =>
          new Failure({
            verdict: 'timed out',
            saw: `the ${program} was still running ${what}.`,
            expected: `it ends ${what}.`,
            facts: { stillRunning: true, ...(signalled ? { signalled } : {}) },
          }),
        waitOptions,
      ),
    write(text) {
      exchange.record({ kind: 'stdin', from: actor, bytes: Buffer.from(text) });
      child.stdin.write(text);
    },
    endInput() {
      exchange.record({ kind: 'stdin', from: actor, note: 'end of input' });
      child.stdin.end();
    },
    signal(name) {
      signalled = name;
      exchange.record({ kind: 'signal', from: actor, note: name });
      // To the whole group, as a terminal does it when Ctrl+C is pressed; SIGTERM goes to the one process, as kill does.
      if (reaped()) return;
      if (name === 'SIGINT') signalGroup(pid, name);
      else signalProcess(pid, name);
    },
    family: own,
    listeners: () => listeners(own().map((row) => row.pid)),
    memory: () => memory(pid),
    spins: () => !exit && own().some(({ state, cpu }) => state === 'R' && cpu >= BUSY_TICKS),
    async kill() {
      if (pid === -1) {
        clearInterval(guard);
        return;
      }
      if (!exit) signalled = 'SIGKILL';
      killFamily();
      const until = performance.now() + PATIENCE_WITH_KERNEL;
      // Those that left the group are reaped by init, not by us: look until they are gone. And look once more, a moment
      // later: while a process is replaced (execve) the kernel does not show its environment.
      for (let quiet = 0; quiet < 2;) {
        if (exit || quiet > 0) await sleep(2);
        else await Promise.race([closed, sleep(20, undefined, { ref: false })]);
        const alive = own().filter(isAlive);
        quiet = alive.length === 0 ? quiet + 1 : 0;
        if (alive.length > 0) killFamily();
        if (alive.length > 0 && performance.now() > until)
          throw new Error(`cannot end ${alive.map(({ command, pid }) => `${command} (${pid})`)}`);
      }
      await closed;
      clearInterval(guard);
      endSession(pid);
    },
  };
  return running;
}

/** Why the harness ended a program, as a reader says it. */
export function describeExcess(excess: Excess): string {
  if (excess === 'output') return 'it printed more than 1 MiB';
  if (excess === 'memory') return 'it used more than 1.5 GiB of memory';
  if (excess === 'disk') return 'it filled the disk with temp files';
  return `it had more than ${MOST_PROCESSES} processes`;
}

/** Files that must still find a place on it. */
const LEAST_FILES = 10_000;

/** Bytes left on the disk of a directory. */
function bytesLeft(directory: string): number {
  try {
    const { bavail, bsize, ffree, files } = statfsSync(directory);
    // Without a free inode nobody can write, however many bytes are left. Some file systems do not count them.
    return files > 0 && ffree < LEAST_FILES ? 0 : bavail * bsize;
  } catch (error) {
    // The trial is over, and its directory gone; or the program has locked it, and fills nothing that way.
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return Infinity;
    throw error;
  }
}

/** An exit as a reader says it: `exit 0`, `SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
  return signal ?? `exit ${code}`;
}

// --- what went wrong at the start ---

const READY_LINE = /^listening on \[?(.+?)\]?:(\d{1,5})$/;

/** Columns of what a program printed that a sentence quotes. */
const MOST_QUOTED = 120;

function readyAddress(line: string): Address | undefined {
  const [, host = '', port = ''] = line.match(READY_LINE) ?? [];
  return host !== '' && Number(port) < 65_536 ? { host, port: Number(port) } : undefined;
}

/**
 * Tells apart why a server did not become ready: it ended, it listens in another place than asked, it listens but does not
 * say so, it never listened.
 */
function startFault(program: Program, args: readonly string[]): Failure {
  const expected = 'a line on stdout once it listens: listening on 127.0.0.1:<port>';
  const name = `the ${program.program}`;
  const facts = { exit: program.exit };
  if (program.excess) {
    return new Failure({
      verdict: 'crashed',
      saw: `${name} was ended before it listened: ${describeExcess(program.excess)}.`,
      expected,
      facts: { ...facts, start: 'stopped' },
    });
  }
  if (program.exit) {
    const said = clean(firstLine(program.stderr.text), MOST_QUOTED);
    return new Failure({
      verdict: 'crashed',
      saw: `${name} ended (${describeExit(program.exit)}) before it listened${said ? `, and said: ${said}` : ', and said nothing.'}`,
      expected,
      facts: { ...facts, start: 'exited' },
    });
  }
  const fault = elsewhere(program, args);
  if (fault) return fault;
  const open = program.listeners();
  if (open.length > 0) {
    const printed = clean(firstLine(program.stdout.text), MOST_QUOTED);
    return new Failure({
      saw: `${name} listens on ${places(open)}, but its stdout ${printed ? `says: ${printed}` : 'is empty.'}`,
      expected,
      facts: { ...facts, start: 'silent', listeners: open },
    });
  }
  const busy = program.spins();
  return new Failure({
    verdict: 'timed out',
    saw: busy
      ? `${name} runs and uses the processor all the time, but does not listen on any port.`
      : `${name} runs, but does not listen on any port.`,
    expected,
    facts: { ...facts, start: busy ? 'busy' : 'never' },
  });
}

/**
 * A program that listens, but not where it was asked to (`--host`, `--port`) or not where it says; undefined if it does,
 * or if the kernel tells of no listening socket.
 */
function elsewhere(program: Program, args: readonly string[], said?: Address): Failure | undefined {
  const open = program.listeners();
  if (open.length === 0) return undefined;
  const host = argument(args, '--host') ?? '127.0.0.1';
  const port = Number(argument(args, '--port') ?? 0);
  const name = `the ${program.program}`;
  const fault = (saw: string, expected: string, start: 'elsewhere' | 'other address') =>
    new Failure({ saw, expected, facts: { start, listeners: open } });

  const asked = open.filter((listener) => port === 0 || listener.port === port);
  if (asked.length === 0) {
    return fault(
      `--port ${port} was given, but ${name} listens on ${places(open)}.`,
      `it listens on ${host}:${port}.`,
      'elsewhere',
    );
  }
  if (isIP(host) && !asked.some(({ address }) => address === host)) {
    const everywhere = asked.some(({ address }) => reaches(address, host));
    return fault(
      everywhere
        ? `${name} listens on ${places(asked)}, which is every network of this machine.`
        : `${name} listens on ${places(asked)}, where nobody can reach it by ${host}.`,
      `it listens on ${host}, and nowhere else.`,
      'other address',
    );
  }
  if (said && !open.some((listener) => listener.port === said.port)) {
    return fault(
      `${name} says that it listens on port ${said.port}, but it listens on ${places(open)}.`,
      'the ready line names the port that the kernel has given.',
      'elsewhere',
    );
  }
  return undefined;
}

/** True if a connection to `host` arrives at a socket that is bound to `address`: `::` takes IPv4 too, see ipv6(7). */
function reaches(address: string, host: string): boolean {
  return address === host || address === '::' || (address === '0.0.0.0' && isIP(host) === 4);
}

function places(listeners: readonly Listener[]): string {
  return listeners
    .slice(0, 3)
    .map(({ protocol, address, port }) => `${protocol} ${address}:${port}`)
    .join(', ');
}

/** The value of an option, as `--port 8888` or `--port=8888`. */
function argument(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  const found = args[at];
  return found === name ? args[at + 1] : found?.slice(name.length + 1);
}

function missingLine(program: Program, what: string): Failure {
  const printed = [...program.stdout.lines];
  const end = program.exit && `ended (${describeExit(program.exit)})`;
  const last = clean(printed.at(-1) ?? '', MOST_QUOTED);
  const name = program.program;
  const quoting = end
    ? `the ${name} ${end}. Its last line was: ${last}`
    : `the last line of the ${name} was: ${last}`;
  return new Failure({
    verdict: program.exit ? 'failed' : 'timed out',
    saw:
      printed.length === 0
        ? `the ${name} printed nothing.${end ? ` It has ${end}.` : ''}`
        : quoting,
    expected: what,
    facts: { exit: program.exit, printed },
  });
}

/** The first line that means something: of an uncaught error node prints the source first and the message later. */
export function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^(TODO:|\[?\w*Error\b|[A-Z]\w+( \[\w+\])?: )/.test(line)) ??
    lines.find((line) => line !== '') ??
    ''
  );
}

/** False for a zombie, but not for one whose main thread alone has ended: the others may still be writing a file. */
function isAlive({ state, threads }: ProcessRow): boolean {
  return (state !== 'Z' && state !== 'X') || threads > 1;
}

function signalGroup(group: number, name: NodeJS.Signals): void {
  signalProcess(-group, name);
}

function signalProcess(pid: number, name: NodeJS.Signals): void {
  if (Math.abs(pid) <= 1) return;
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
