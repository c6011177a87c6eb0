// A trial: everything one check may use to try one program, and the promise that all of it is gone afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { showDifference } from './bytes.ts';
import { bindPeer, type DatagramPeer } from './datagram-peer.ts';
import { startDatagramRelay, type DatagramWire } from './datagram-relay.ts';
import type { Actor, Exchange, NewEntry } from './exchange.ts';
import { Failure, Skipped, type FailureText } from './failure.ts';
import { recordLives, type Life } from './lives.ts';
import { asleep } from './proc.ts';
import { startProgram, type Address, type Program } from './program.ts';
import { seededRandom, type SeededRandom } from './random.ts';
import { startRelay, type Wire } from './relay.ts';
import { currentRun } from './run.ts';
import { connectPeer, listenForPeers, type StreamHost, type StreamPeer } from './stream-peer.ts';
import { makeRunnable } from './transform.ts';
import { createHappenings, type Happenings } from './waiting.ts';

/** What is judged, and what it is judged against: two directories with programs of the same names. */
export interface Subject {
  /** Where the programs under check are: `exercises/tcp-echo`, `solutions/tcp-echo`, a submission. */
  readonly directory: string;
  /** Where the reference programs are: always the workbook's own solutions. */
  readonly reference: string;
  /** Set where its programs are kept apart from this process: when they are graded. */
  readonly cell?: Cell;
}

/** How programs under check are kept apart from the process that judges them. See scripts/grade/sandbox.ts. */
export interface Cell {
  /** The commands in front of a program's own; each ends in becoming the next. */
  readonly judged: readonly string[];
  readonly reference: readonly string[];
  /** A directory that programs under check cannot read: what is made of the solutions for their checks stands there. */
  readonly closed: string;
  /** The user as whom programs under check run, and nobody else. */
  readonly user?: number;
  /** Bytes that a program must leave on the disk of its directory. */
  readonly leastDisk: number;
}

export interface StartOptions {
  /** Its name in the exchange; default: the program's own name. */
  readonly actor?: Actor;
  /** The directory it is started in; default: the trial's own. */
  readonly cwd?: string;
  /** A command in front of the program's own, which must end in becoming it: `['sh', '-c', 'ulimit -f 256; exec "$@"', 'sh']`. */
  readonly through?: readonly string[];
}

/** What a check is given. Everything opened through it is closed when the check ends, however it ends. */
export interface Trial {
  readonly seed: string;
  readonly random: SeededRandom;
  readonly exchange: Exchange;
  readonly happenings: Happenings;
  /** An empty directory of this trial's own. */
  readonly directory: string;
  /** The HOME that the programs see. */
  readonly home: string;
  /** Set where the programs are kept apart from this process. */
  readonly cell: Cell | undefined;
  /** Starts a program under check. */
  start(program: string, args?: readonly string[], options?: StartOptions): Promise<Program>;
  /** Starts the workbook's own version of a program, as the other end. */
  reference(program: string, args?: readonly string[], options?: StartOptions): Promise<Program>;
  /** `server`: how the exchange calls the other end; default `server`. */
  connect(to: Address, actor?: Actor, server?: Actor): Promise<StreamPeer>;
  /** `client`: how the exchange calls the other end; default `client`. */
  listen(actor?: Actor, client?: Actor): Promise<StreamHost>;
  datagrams(actor: Actor, to?: Address): Promise<DatagramPeer>;
  /** Puts a hostile wire in front of a stream server. `names`: how the exchange calls the two ends. */
  relay(
    to: Address,
    wire: Wire,
    names?: { readonly client?: string; readonly server?: Actor },
  ): Promise<Address>;
  /** Puts a hostile wire in front of a datagram server. `name` tells how the ladder calls a client, by its first datagram. */
  datagramRelay(
    to: Address,
    wire: DatagramWire,
    name?: (key: string, first: Buffer) => Actor,
  ): Promise<Address>;
  /** Something else that a check opens: `close` is called with it when the check ends, however it ends. */
  own<T>(opening: Promise<T>, close: (opened: T) => unknown): Promise<T>;
  /** Writes a file below the trial's directory; returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** The names in a directory, sorted; empty if there is none. */
  names(path: string): Promise<string[]>;
  /** Throws a {@link Failure} unless the bytes are the same. */
  sameBytes(
    got: Uint8Array,
    expected: Uint8Array,
    what: string,
    facts?: FailureText['facts'],
  ): void;
  fail(text: FailureText): never;
  /** Throws a {@link Failure} unless `condition` holds. */
  must(condition: boolean, text: FailureText): void;
  /** Ends the check without a judgement: `lacks` says what this machine does not have, as `no Chromium is installed`. */
  skip(lacks: string): never;
  /** A remark in the exchange. */
  note(text: string): void;
}

/** A trial as its host sees it. */
export interface OpenTrial {
  readonly trial: Trial;
  readonly programs: readonly Program[];
  /** The processes there were until now. */
  lives(): readonly Life[];
  /**
   * Ends everything that is still there. Returns what a judged program had left behind when it ended by itself. From then
   * on nothing can be opened through the trial: it rejects. Rejects if something cannot be ended.
   */
  close(): Promise<string[]>;
}

export function openTrial(
  subject: Subject,
  id: string,
  seed: string,
  exchange: Exchange,
): OpenTrial {
  const run = currentRun();
  // Its name tells nothing: a program shall not know by which check it is tried.
  const root = run.directory('trial');
  const directory = join(root, 'work');
  const home = join(root, 'home');
  mkdirSync(directory);
  mkdirSync(home);
  const programs: Program[] = [];
  const closers: (() => Promise<void>)[] = [];
  let clients = 0;
  let started = 0;
  let closing: Promise<string[]> | undefined;
  const happenings = createHappenings((age) =>
    programs
      .filter((program) => !program.exit)
      .flatMap((program) => program.family(age).map((row) => row.pid)),
  );
  const setting = { exchange, happenings };
  const witness = join(root, 'witness');
  const lives = recordLives(exchange.now, witness);
  // What a relay delivers keeps waits alive: until all of it is there, the programs may rightly sleep.
  const wire = {
    record(entry: NewEntry) {
      exchange.record(entry);
      happenings.happened();
    },
  };

  async function launch(
    from: string,
    judged: boolean,
    name: string,
    args: readonly string[],
    options: StartOptions,
  ) {
    // A mark of its own for each program: its children are told from those of the others.
    const mark = `WORKBOOK_PROGRAM=${root}/${(started += 1)}`;
    const { cell } = subject;
    const transformed = judged || !cell ? join(run.root, 'transformed') : cell.closed;
    const runnable = await makeRunnable(from, name, transformed);
    if (closing) throw new TrialOver();
    const [command, ...before] = [
      ...((judged ? cell?.judged : cell?.reference) ?? []),
      ...(options.through ?? []),
    ];
    const program = startProgram({
      program: name,
      actor: options.actor ?? name,
      judged,
      runnable:
        command === undefined
          ? runnable
          : { command, args: [...before, runnable.command, ...runnable.args] },
      args,
      cwd: options.cwd ?? directory,
      environment: environment(root, home, [run.mark, mark, `WORKBOOK_WITNESS=${witness}`]),
      mark,
      exchange,
      happenings,
      ...(cell ? { leastDisk: cell.leastDisk } : {}),
      ...(cell?.user === undefined ? {} : { user: cell.user, endUser: () => endUser(cell) }),
    });
    programs.push(program);
    lives.watch(program);
    return program;
  }

  /** What a check opens is closed with the trial: at once, if the trial was over before it stood open. */
  async function owned<T>(opening: Promise<T>, close: (opened: T) => unknown): Promise<T> {
    const opened = await opening;
    if (closing) {
      await close(opened);
      throw new TrialOver();
    }
    closers.push(async () => void (await close(opened)));
    return opened;
  }

  const trial: Trial = {
    seed,
    random: seededRandom(`${seed} ${id}`),
    exchange,
    happenings,
    directory,
    home,
    cell: subject.cell,
    start: (program, args = [], options = {}) =>
      launch(subject.directory, true, program, args, options),
    reference: (program, args = [], options = {}) =>
      launch(subject.reference, false, program, args, options),
    connect: (to, actor = `client ${(clients += 1)}`, server = 'server') =>
      owned(connectPeer(to, actor, server, setting), (peer) => peer.destroy()),
    listen: (actor = 'server', client = 'client') =>
      owned(listenForPeers(actor, client, setting), (host) => host.close()),
    datagrams: (actor, to) =>
      owned(bindPeer(actor, actor === 'server' ? 'client' : 'server', to, setting), (peer) =>
        peer.close(),
      ),
    relay: (to, how, names) =>
      owned(startRelay(to, how, { exchange: wire, ...names }), (relay) => relay.close()),
    datagramRelay: (to, how, name) =>
      owned(startDatagramRelay(to, how, { exchange: wire, ...(name ? { name } : {}) }), (relay) =>
        relay.close(),
      ),
    own: owned,
    async write(name, content) {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
      return path;
    },
    async names(path) {
      try {
        return (await readdir(path)).sort();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
    sameBytes(got, expected, what, facts) {
      if (Buffer.compare(got, expected) === 0) return;
      throw new Failure({
        saw:
          got.length === expected.length
            ? `${what}: ${count(got)}, but not the same.`
            : `${what}: ${count(got)} instead of ${count(expected)}.`,
        expected: `${what}: ${count(expected)}, each as it was.`,
        bytes: showDifference(expected, got),
        facts: { sent: Buffer.from(expected), got: Buffer.from(got), ...facts },
      });
    },
    fail(text) {
      throw new Failure(text);
    },
    must(condition, text) {
      if (!condition) throw new Failure(text);
    },
    skip(lacks) {
      throw new Skipped(lacks);
    },
    note: (text) => exchange.record({ kind: 'note', from: 'check', note: text }),
  };

  return {
    trial,
    programs,
    lives: lives.seen,
    close: () => (closing ??= clear()),
  };

  async function clear(): Promise<string[]> {
    const leftovers = await leftBehind(
      programs.filter(({ judged, exit, excess }) => judged && exit && !excess),
    );
    const { cell } = subject;
    // At one stroke, before they are hunted one by one: a fork bomb would not be through with in any time.
    if (cell) endUser(cell);
    const ends = await Promise.allSettled([
      ...programs.map((program) => program.kill()),
      ...closers.map((close) => close()),
    ]);
    // A process that was just killed may still have been writing here.
    try {
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    } catch (error) {
      if (cell?.user === undefined) throw error;
      removeLocked(cell, root);
    }
    lives.stop();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return leftovers;
  }
}

/**
 * Ends what has hidden itself: a session of its own, an emptied environment. The user may send signals to its own processes
 * and to no others.
 */
function endUser({ judged: [command = '', ...before], user }: Cell): void {
  if (user === undefined) return;
  const words = ['sh', '-c', 'kill -9 -1'];
  spawnSync(command, [...before, ...words], {
    stdio: 'ignore',
    timeout: CLEAR,
    killSignal: 'SIGKILL',
  });
}

/**
 * Removes a directory, also where its owner has locked a part of it. It is done as that user, who may follow a link wherever
 * it leads. What withstands goes with the sandbox: it is no trouble of ours, that would leave the check without a mark.
 */
function removeLocked({ judged: [command = '', ...before] }: Cell, directory: string): void {
  const words = ['sh', '-c', 'chmod -R u+rwX -- "$1"; rm -rf -- "$1"', 'sh', directory];
  spawnSync(command, [...before, ...words], {
    stdio: 'ignore',
    timeout: CLEAR,
    killSignal: 'SIGKILL',
  });
}

/** How long each of that may take, in milliseconds. */
const CLEAR = 10_000;

/** A check that was ended early goes on in its own code until it next asks its trial for something. */
class TrialOver extends Error {
  constructor() {
    super('the trial is over');
  }
}

/** How long the children of a program may take to notice that it has ended, in milliseconds; if they are busy, longer. */
const LEAVE = 300;
const LEAVE_BUSY = 2_000;

/**
 * What programs that have ended by themselves still have running, in words. A zombie is no longer theirs: when its parent
 * ends, it is for init to reap.
 */
async function leftBehind(programs: readonly Program[]): Promise<string[]> {
  const began = performance.now();
  for (;;) {
    const left = programs.flatMap((program) =>
      program
        .family()
        .filter(({ state }) => state !== 'Z')
        .map(({ command, pid }) => ({
          pid,
          text: `the ${program.program} left a process (${command}, pid ${pid}) behind`,
        })),
    );
    const waited = performance.now() - began;
    const patience = asleep(left.map(({ pid }) => pid)) ? LEAVE : LEAVE_BUSY;
    if (left.length === 0 || waited > patience) return left.map(({ text }) => text);
    await sleep(10);
  }
}

/** Small and fixed: what a student's shell has set must not change a mark. */
function environment(root: string, home: string, marks: readonly string[]): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: root,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TZ: 'UTC',
    // Python keeps back what it prints into a pipe; in a terminal, where the student looks, it does not.
    PYTHONUNBUFFERED: '1',
    ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
    ...Object.fromEntries(
      marks.map((mark) => mark.split(/=(.*)/s).slice(0, 2) as [string, string]),
    ),
  };
}

function count(bytes: Uint8Array): string {
  return `${bytes.length.toLocaleString('en')} byte${bytes.length === 1 ? '' : 's'}`;
}

/** A fresh seed, short enough to type. */
export function newSeed(): string {
  return createHash('sha256')
    .update(`${process.pid} ${performance.now()} ${Date.now()}`)
    .digest('hex')
    .slice(0, 4);
}
