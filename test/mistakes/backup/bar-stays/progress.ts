// A progress bar: one line on stderr that is drawn again and again, if a person is there to see it.

export interface Progress {
  /** One more is done. */
  step(): void;
  /** Takes the bar away, so that something else can be printed. It comes back with one of the next steps. */
  clear(): void;
}

/** How often the bar is drawn at most, in milliseconds. */
const INTERVAL = 100;
/** Its length in columns. */
const WIDTH = 30;

/** A bar for `total` steps. Into a file or a pipe it writes nothing: `isTTY` says whether stderr is a terminal. */
export function createProgress(total: number): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { step() {}, clear() {} };
  let done = 0;
  let shown = false;
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    step() {
      done += 1;
      if (performance.now() - drawn < INTERVAL) return;
      drawn = performance.now();
      shown = true;
      const full = Math.floor((done / total) * WIDTH);
      stderr.write(`\r${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total}`);
    },
    clear() {
      if (!shown) return;
      shown = false;
      // \r goes to the beginning of the line, ESC [ K erases from there to its end: see console_codes(4).
    },
  };
}
