// The lives of the processes under check: who forked whom and when, when each ended and how, when it was reaped. Sampled
// from /proc while the programs run, every millisecond: what is over sooner is not seen, unless the program forks by #posix,
// which bears witness (see scripts/posix/witness.ts). Linux only; elsewhere there are none.
import { closeSync, constants as files, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { childrenOf, lastCreated, processRow, waitsForChild, type ProcessRow } from './proc.ts';
import { describeExit, type Program } from './program.ts';

/** One process, from fork to reap. All times are milliseconds since the exchange began. */
export interface Life {
  readonly pid: number;
  /** The process that forked it; undefined for a program that the check has started. */
  readonly parent?: number;
  /** A program's name in the exchange; of all others the command, as ps(1) shows it. */
  readonly name: string;
  readonly born: number;
  /** When it had ended; from then on it is a zombie. Undefined while it runs. */
  readonly ended?: number;
  /** When its parent, whoever that was by then, had waited for it, and it was gone. */
  readonly reaped?: number;
  /** `exit 3`, `SIGKILL`; undefined if it was gone before it could be asked. */
  readonly how?: string;
  /** Who became its parent when its own had ended, and when. */
  readonly adopted?: { readonly at: number; readonly by: number };
  readonly spells: readonly Spell[];
}

/** A time in which it did nothing else: it was blocked in wait(2), or stopped by a signal. */
export interface Spell {
  readonly what: 'waits' | 'stopped';
  readonly from: number;
  /** Undefined if it still does. */
  readonly to?: number;
}

/** Lives as they are being recorded. */
export interface Lives {
  /** What is known by now, in the order of birth. */
  seen(): readonly Life[];
  /** Records the life of a program that has just been started, and of all that it forks. */
  watch(program: Program): void;
  stop(): void;
}

/** How often it looks, in milliseconds. */
const INTERVAL = 1;

/** Records lives on the clock `now`, that of an exchange. `witness`: the file that #posix writes to. */
export function recordLives(now: () => number, witness: string): Lives {
  const tracks: Track[] = [];
  /** Of the clock that all processes have in common, in milliseconds. */
  const zero = monotonic(process.hrtime.bigint()) - now();
  let looking: NodeJS.Timeout | undefined;
  let newest: number | undefined;

  function look(): void {
    const running = tracks.filter(({ reaped }) => reaped === undefined);
    if (running.length === 0) return stop();
    const created = lastCreated();
    // Without children there is nothing to see, unless somebody, anybody, was forked since the last look.
    if (created !== newest) discover(running);
    newest = created;
    const alone = tracks.every(({ program }) => program !== undefined);
    // The youngest first: who is gone had been reaped before its parent could end.
    for (const track of tracks.toReversed())
      if (track.reaped === undefined && (!alone || track.program?.exit)) follow(track, now());
  }

  /** Descends into the children; those that turn up are looked into as well. */
  function discover(running: readonly Track[]): void {
    const found = [...running];
    for (const { pid } of found) {
      for (const child of childrenOf(pid) ?? []) {
        if (tracks.some((known) => known.pid === child && known.reaped === undefined)) continue;
        const row = processRow(child);
        if (row) found.push(enter(row, pid));
      }
    }
  }

  function enter(row: ProcessRow, parent?: number, program?: Program): Track {
    const track: Track = {
      pid: row.pid,
      parent,
      program,
      started: row.started,
      command: row.command,
      born: now(),
      spells: [],
    };
    tracks.push(track);
    return track;
  }

  function stop(): void {
    clearInterval(looking);
    looking = undefined;
  }

  return {
    seen() {
      const known = [...tracks];
      for (const line of testimony(witness)) learn(known, line, zero);
      return known.toSorted((a, b) => a.born - b.born).map((track) => lifeOf(track, known));
    },
    watch(program) {
      const row = processRow(program.pid);
      if (!row) return;
      enter(row, undefined, program);
      looking ??= setInterval(look, INTERVAL);
    },
    stop,
  };
}

/** Bytes of a witness's file that are read. */
const TESTIMONY = 256 * 1024;

/** The lines of a witness. The file belongs to the programs: it may be no file at all, endless, or hold anything. */
function testimony(path: string): string[] {
  let file;
  try {
    file = openSync(path, files.O_RDONLY | (files.O_NOFOLLOW ?? 0) | (files.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO'].includes(code)) return [];
    throw error;
  }
  try {
    if (!fstatSync(file).isFile()) return [];
    const bytes = Buffer.alloc(TESTIMONY);
    const length = readSync(file, bytes);
    const lines = bytes.toString('utf8', 0, length).split('\n');
    return lines.filter((line) =>
      /^\d{1,18} \d{1,9} (forked|reaped) \d{1,9}( \d{1,9})?$/.test(line),
    );
  } finally {
    closeSync(file);
  }
}

function monotonic(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e6;
}

/** Adds what a line of the witness tells to what was seen: the exact time, or a whole life that was too short. */
function learn(known: Track[], line: string, zero: number): void {
  const [time = '0', from, what, about, status] = line.split(' ');
  const at = monotonic(BigInt(time)) - zero;
  const pid = Number(about);
  const index = known.findLastIndex((track) => track.pid === pid && track.born < at + LATE);
  const seen = known[index];
  if (what === 'forked') {
    const born = {
      pid,
      parent: Number(from),
      program: undefined,
      started: 0,
      command: '',
      spells: [],
    };
    if (!seen) known.push({ ...born, born: at });
    else known[index] = { ...seen, born: Math.min(seen.born, at) };
  } else if (what === 'reaped' && seen) {
    const ended = Math.min(seen.ended ?? at, at);
    known[index] = { ...seen, ended, reaped: at, how: describeStatus(Number(status)) };
  }
}

/** A child may be seen, and even end, before its parent has told of it: so much, in milliseconds. */
const LATE = 1_000;

/** A life while it is lived. */
interface Track {
  readonly pid: number;
  readonly parent: number | undefined;
  readonly program: Program | undefined;
  /** By which the kernel's next process of the same number is told from it. */
  readonly started: number;
  readonly born: number;
  readonly spells: { what: Spell['what']; from: number; to?: number }[];
  command: string;
  ended?: number;
  reaped?: number;
  how?: string;
  adopted?: Life['adopted'];
}

/** Looks at one process, and notes what has become of it. */
function follow(track: Track, at: number): void {
  const row = processRow(track.pid);
  if (!row || row.started !== track.started) {
    track.ended ??= at;
    track.reaped = at;
  } else if (row.state === 'Z') {
    track.ended ??= at;
    track.how ??= describeStatus(row.status);
  } else {
    track.command = row.command;
  }
  if (row && track.parent !== undefined && row.parent !== (track.adopted?.by ?? track.parent))
    track.adopted = { at, by: row.parent };
  note(track, 'stopped', row?.state === 'T', at);
  note(track, 'waits', row?.state === 'S' && waitsForChild(track.pid), at);
}

function note({ spells }: Track, what: Spell['what'], is: boolean, at: number): void {
  const open = spells.find((spell) => spell.what === what && spell.to === undefined);
  if (is && !open) spells.push({ what, from: at });
  if (!is && open) open.to = at;
}

/** A status of wait(2), in the words of the exchange. */
function describeStatus(status: number): string {
  const number = status & 0x7f;
  const [signal] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return describeExit({ code: status >> 8, signal: (signal as NodeJS.Signals) ?? null });
}

/** What comes before something else, in milliseconds, where only the order is known. */
const A_MOMENT = 0.01;

function lifeOf(track: Track, tracks: readonly Track[]): Life {
  const { pid, parent, program, command, born, spells, ended, reaped, adopted } = track;
  const how = track.how ?? (program?.exit && describeExit(program.exit));
  const mother = tracks.find((other) => other.pid === parent);
  // Nobody was seen to adopt it, so it was its parent that waited for it, not later than it could.
  const last = adopted === undefined ? (mother?.ended ?? Infinity) - A_MOMENT : Infinity;
  return {
    pid,
    name: program?.actor ?? (command === mother?.command ? '' : command),
    born,
    spells: spells.map((spell) => ({ ...spell })),
    ...(parent === undefined ? {} : { parent }),
    ...(ended === undefined ? {} : { ended: reaped === undefined ? ended : Math.min(ended, last) }),
    ...(reaped === undefined ? {} : { reaped: Math.min(reaped, last) }),
    ...(how === undefined ? {} : { how }),
    ...(adopted === undefined ? {} : { adopted }),
  };
}
