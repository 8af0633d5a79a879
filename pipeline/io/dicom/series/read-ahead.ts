/** Files that are read while others are worked on. */
const AHEAD = 8;

/** A file whose reading has begun. */
export interface Reading<T> {
  readonly path: string;
  readonly reading: Promise<T>;
}

/** Gives files in their order, and begins to read the next few while the caller works on one. */
export function* readAhead<T>(paths: readonly string[], read: (path: string) => Promise<T>): Generator<Reading<T>> {
  const begun: Reading<T>[] = [];
  const begin = (path: string) => {
    const reading = read(path);
    // Its fault is the caller's to meet, in its turn.
    reading.catch(() => {});
    begun.push({ path, reading });
  };
  for (const [i, path] of paths.entries()) {
    if (i === 0) paths.slice(0, AHEAD).forEach(begin);
    else if (i + AHEAD - 1 < paths.length) begin(paths[i + AHEAD - 1]);
    const next = begun.shift();
    if (next?.path !== path) throw new Error("files were read out of order");
    yield next;
  }
}
