// A deadline: a wait that ends, whether the other side answers or not.

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
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new TimedOut(`no ${what} for ${seconds} s`)),
    seconds * 1000,
  );
  try {
    return await work(abort.signal);
  } finally {
    // A timer that is left keeps the program alive until it fires.
    clearTimeout(timer);
  }
}
