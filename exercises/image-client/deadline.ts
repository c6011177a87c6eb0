// A deadline: a wait that ends, whether the other side answers or not.
//
// The task: step 6 of README.md beside this file.

/** What was waited for did not come in time. */
export class TimedOut extends Error {}

/**
 * Waits for `work`, for at most so many seconds. Then it tells the work so, by its signal, and throws {@link TimedOut}:
 * `no reply for 10 s`, if `what` is `reply`.
 */
export async function within<Result>(
  seconds: number,
  what: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  // TODO: step 6: wait for `work` and for a timer at once (`Promise.race`). When the timer fires, throw a TimedOut, and abort
  //   the signal that the work was given. When the work was faster, clear the timer.
  return work(new AbortController().signal); // until then: no deadline
}
