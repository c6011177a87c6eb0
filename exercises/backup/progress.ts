// A progress bar: one line on stderr that is drawn again and again, if a person is there to see it.
//
// The task: step 6 of README.md beside this file.

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
  // TODO: step 6: if stderr is a terminal, return an object whose step() counts and draws, and whose clear() takes the bar
  //   away. \r leads back to the beginning of the line, \x1b[K erases from there to its end.
  // TODO: step 6: draw only if INTERVAL milliseconds have passed since you drew last. performance.now() is the clock.
  return { step() {}, clear() {} }; // good enough until step 6, and after it for files and pipes
}
