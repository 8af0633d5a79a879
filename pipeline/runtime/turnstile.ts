/** Lets one piece of work through at a time, in the order of the calls. */
export type Turnstile = <T>(signal: AbortSignal | undefined, work: () => Promise<T>) => Promise<T>;

/** A turnstile that nobody waits at; work whose signal is aborted before its turn is not begun. */
export function turnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const mine = last.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** The outcome of work, or the signal's reason as soon as it is aborted; the work then ends unheard. */
export async function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
