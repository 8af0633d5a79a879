/** What a set of values looks like. */
export interface Description {
  /** Values that are defined; all else is about them alone. */
  readonly count: number;
  /** NaN, left out of everything else. */
  readonly undefinedCount: number;
  readonly mean: number;
  /** Of the sample: divided by count - 1. */
  readonly sd: number;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly iqr: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Count, mean, spread and quartiles of the defined values, the same to the last bit in whatever order they come.
 *
 * Empty:  no defined value gives NaN but for the counts; one value has an `sd` of NaN
 */
export function describe(values: readonly number[]): Description {
  const sorted = definedOf(values).sort((first, second) => first - second);
  const [min, q1, median, q3, max] = [0, 0.25, 0.5, 0.75, 1].map((fraction) => quantileOfSorted(sorted, fraction));
  return {
    count: sorted.length,
    undefinedCount: values.length - sorted.length,
    mean: meanOf(sorted),
    sd: sdOf(sorted),
    median,
    q1,
    q3,
    iqr: q3 - q1,
    min,
    max,
  };
}

/** The values that are not NaN. */
export function definedOf(values: readonly number[]): number[] {
  return values.filter((value) => !Number.isNaN(value));
}

/**
 * Mean of the values; that of equal values is exactly their value.
 *
 * Empty:  NaN
 */
export function meanOf(values: readonly number[]): number {
  // Sums about one of the values lose no digits to a large common offset.
  const shift = Number.isFinite(values[0]) ? values[0] : 0;
  let sum = 0;
  for (const value of values) sum += value - shift;
  return values.length === 0 ? Number.NaN : shift + sum / values.length;
}

/**
 * Standard deviation of a sample, divided by n - 1.
 *
 * Empty:  NaN for fewer than two values
 */
export function sdOf(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Quantile by linear interpolation between the ordered values.
 *
 * Empty:  NaN
 * Source: Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566, type 7: what R and NumPy do unasked
 */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  // Equal ends are returned as they are: between two infinities there is no step.
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}
