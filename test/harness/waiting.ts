// Waiting for an event, never for a time. A wait ends when its condition holds; it gives up when patience is over, or, on
// Linux, as soon as the kernel says that every program under check sleeps: then nothing more can come.
import { EventEmitter } from 'node:events';
import { asleep, processRow } from './proc.ts';

/** How long a wait may last at most, in milliseconds. A slow host may set WORKBOOK_PATIENCE. */
export const PATIENCE = Number(process.env.WORKBOOK_PATIENCE) || 5_000;

/**
 * A wait gives up early when all programs were found asleep, without one tick of processor time since the look before, at
 * this many looks in a row, each SAMPLE milliseconds after the one before.
 */
const LOOKS = 4;
const SAMPLE = 150;

export interface WaitOptions {
  /** Milliseconds; default {@link PATIENCE}. */
  readonly patience?: number;
  /** Set it where a program may rightly sleep on a timer of its own before it acts. */
  readonly mayRest?: boolean;
}

/** The one place where everything that happens in a trial is announced, so that waits can look again. */
export interface Happenings {
  happened(): void;
  /** Resolves with what `probe` returns as soon as that is not undefined; rejects with `giveUp()` otherwise. */
  until<T>(probe: () => T | undefined, giveUp: () => Error, options?: WaitOptions): Promise<T>;
  /**
   * Resolves as soon as `enough()` holds, or when it is clear that nothing more will happen: every program sleeps, or patience
   * is over. Whatever they wanted to do by themselves is done then. Returns whether `enough()` holds.
   */
  rest(enough?: () => boolean, options?: WaitOptions): Promise<boolean>;
  /** Makes every wait, now and later, reject with this error: the check was cancelled. */
  cancel(error: Error): void;
  /** True once a wait was given up by the clock, while something was still at work: on a faster machine it might have come. */
  readonly ranOut: boolean;
}

/** `pids(age)` names the processes whose sleep means that nothing more will come; the list may be `age` milliseconds old. */
export function createHappenings(pids: (age: number) => readonly number[]): Happenings {
  const bus = new EventEmitter().setMaxListeners(0);
  let cancelled: Error | undefined;
  let ranOut = false;

  const happenings: Happenings = {
    get ranOut() {
      return ranOut;
    },
    happened: () => void bus.emit('look'),
    async rest(enough = () => false, options = {}) {
      const probe = () => (enough() ? true : undefined);
      try {
        return await happenings.until(probe, () => new AtRest(), options);
      } catch (error) {
        if (!(error instanceof AtRest)) throw error;
        return false;
      }
    },
    cancel(error) {
      cancelled ??= error;
      bus.emit('look');
    },
    async until(probe, giveUp, { patience = PATIENCE, mayRest = false } = {}) {
      if (cancelled) throw cancelled;
      const first = probe();
      if (first !== undefined) return first;
      return await new Promise((resolve, reject) => {
        const idle = mayRest ? undefined : watchIdle(pids, () => settle(true));
        const timer = setTimeout(() => {
          ranOut = true;
          settle(true);
        }, patience);
        const look = () => {
          idle?.reset();
          settle(false);
        };
        bus.on('look', look);

        function settle(last: boolean): void {
          let found;
          try {
            found = cancelled ? undefined : probe();
          } catch (error) {
            finish();
            reject(error);
            return;
          }
          if (cancelled) reject(cancelled);
          else if (found !== undefined) resolve(found);
          else if (last) reject(giveUp());
          else return;
          finish();
        }

        function finish(): void {
          clearTimeout(timer);
          idle?.stop();
          bus.off('look', look);
        }
      });
    },
  };
  return happenings;
}

class AtRest extends Error {}

/** A look at the processes may be this old, in milliseconds: several waits share one. */
const SHARED = 80;

/** Calls `fallenAsleep` once the processes have slept through {@link LOOKS} looks in a row. */
function watchIdle(
  pids: (age: number) => readonly number[],
  fallenAsleep: () => void,
): { reset(): void; stop(): void } {
  let quiet = 0;
  let before = '';
  const timer = setInterval(() => {
    // The last look is a fresh one: a child that was forked a moment ago is not in an older list, and its parent sleeps.
    const watched = pids(quiet + 1 < LOOKS ? SHARED : 0);
    const now = watched.map((pid) => `${pid} ${processRow(pid)?.cpu ?? 0}`).join();
    const still = watched.length > 0 && now === before && asleep(watched);
    before = now;
    // Looks are counted, not time: when this process was held up itself, the programs sleep because they wait for it.
    quiet = still ? quiet + 1 : 0;
    if (quiet < LOOKS) return;
    clearInterval(timer);
    // Whatever has arrived in the meantime is looked at first.
    setImmediate(() => setImmediate(fallenAsleep));
  }, SAMPLE);
  return { reset: () => (quiet = 0), stop: () => clearInterval(timer) };
}
