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
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TimedOut(`no ${what} for ${seconds} s`);
      reject(error);
      // A promise cannot be stopped from outside: without this, the work would go on, and nobody would wait for it.
      abort.abort(error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    // A timer that is left keeps the program alive until it fires.
    clearTimeout(timer);
  }
}
