// The exchange: what was recorded while a check ran, entry by entry, as data. The ladder draws it, the diagnoses read it.

/** Who took part, by the name that the ladder shows: `server`, `client 1`, `老王`. */
export type Actor = string;

/**
 * One recorded happening.
 * `at` is milliseconds since the exchange began. `bytes` holds at most {@link PREVIEW} bytes, `size` is the true length.
 */
export interface Entry {
  readonly at: number;
  readonly kind: Kind;
  readonly from: Actor;
  /** Absent for what concerns one actor alone (start, exit, note). */
  readonly to?: Actor;
  readonly bytes?: Buffer;
  readonly size?: number;
  /** A few words for the reader: an exit status, a signal, a file name, what a relay did. */
  readonly note?: string;
  /** Signals that went with it to other processes than the actor. */
  readonly sent?: readonly { readonly pid: number; readonly signal: string }[];
}

export type Kind =
  // a process
  | 'start' // started, `note` = its command line
  | 'exit' // ended, `note` = "exit 0", "SIGKILL"
  | 'signal' // was sent a signal, `note` = its name
  | 'stdin' // got bytes on stdin
  | 'stdout' // wrote bytes to stdout
  | 'stderr' // wrote bytes to stderr
  // a stream connection
  | 'connect' // connection opened
  | 'refused' // connection refused
  | 'data' // bytes of a stream
  | 'end' // FIN: no more bytes this way
  | 'reset' // RST
  // a datagram
  | 'datagram'
  | 'dropped' // lost by the relay, on purpose
  // a file
  | 'file' // wrote a file, `note` = its name
  // the check itself
  | 'note' // a remark of the check
  | 'waiting'; // what the check was waiting for when it gave up

/** How many bytes of each entry are kept: enough to read, little enough to keep thousands. */
export const PREVIEW = 256;

/** How many entries are kept; what comes after is counted only. */
export const MOST_ENTRIES = 2_000;

export type NewEntry = Omit<Entry, 'at' | 'size' | 'bytes'> & { readonly bytes?: Uint8Array };

/** A growing record. `entries` is in the order in which things were seen. */
export interface Exchange {
  readonly entries: readonly Entry[];
  /** How many entries came after {@link MOST_ENTRIES} and were not kept. */
  readonly dropped: number;
  record(entry: NewEntry): void;
  /** Milliseconds since it began. */
  now(): number;
}

/** Starts an empty exchange. `listener` hears each entry as it is recorded: a demo draws while things happen. */
export function createExchange(listener?: (entry: Entry) => void): Exchange {
  const began = performance.now();
  const entries: Entry[] = [];
  let dropped = 0;
  const now = () => performance.now() - began;
  return {
    entries,
    now,
    get dropped() {
      return dropped;
    },
    record({ bytes, ...rest }) {
      if (entries.length === MOST_ENTRIES) {
        dropped += 1;
        return;
      }
      const at = Math.round(now() * 10) / 10;
      const entry: Entry = bytes
        ? { at, ...rest, bytes: Buffer.from(bytes.subarray(0, PREVIEW)), size: bytes.length }
        : { at, ...rest };
      entries.push(entry);
      listener?.(entry);
    },
  };
}
