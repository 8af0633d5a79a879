import type { LabelArray, VoxelArray } from "../volume/volume.ts";

/** Moments of the finite values of an array. */
export interface Moments {
  /** Finite values. */
  readonly count: number;
  /** NaN and infinite values, left out of everything else. */
  readonly nonFinite: number;
  readonly mean: number;
  /** Of the population, as NumPy's `std`. */
  readonly std: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Count, mean, standard deviation and range of the finite values, in one pass of double precision.
 *
 * Empty:  no finite value gives NaN in mean, std, min and max
 */
export function momentsOf(values: VoxelArray): Moments {
  // Sums about one of the values lose no digits to a large common offset.
  const shift = values.find(Number.isFinite) ?? 0;
  const totals: Totals = { count: 0, sum: 0, squares: 0, min: Infinity, max: -Infinity };
  for (let i = 0; i < values.length; i += BLOCK) addBlock(totals, values.subarray(i, i + BLOCK), shift);
  const { count, sum, squares, min, max } = totals;
  const nonFinite = values.length - count;
  if (count === 0) return { count, nonFinite, mean: NaN, std: NaN, min: NaN, max: NaN };
  const mean = sum / count;
  const std = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return { count, nonFinite, mean: shift + mean, std, min, max };
}

/** Values at once: V8 compiles a loop that is entered often better than one that never ends. */
const BLOCK = 2 ** 14;

interface Totals {
  count: number;
  sum: number;
  squares: number;
  min: number;
  max: number;
}

function addBlock(totals: Totals, values: VoxelArray, shift: number): void {
  let { count, sum, squares, min, max } = totals;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // Only finite values less themselves give 0.
    if (value - value !== 0) continue;
    const distance = value - shift;
    count++;
    sum += distance;
    squares += distance * distance;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  Object.assign(totals, { count, sum, squares, min, max });
}

/**
 * The values of each class in scanning order, background left out.
 *
 * Shape:  values and labels [voxels] of one grid -> class id -> its values
 * Cost:   two passes; memory for the voxels of the classes only
 */
export function valuesPerClass<T extends VoxelArray>(values: T, labels: LabelArray): ReadonlyMap<number, T> {
  const counts = new Uint32Array(2 ** (8 * labels.BYTES_PER_ELEMENT));
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  const make = values.constructor as new (length: number) => T;
  const found: (T | undefined)[] = Array.from(counts, (count, id) =>
    id > 0 && count > 0 ? new make(count) : undefined,
  );
  const filled = new Uint32Array(counts.length);
  for (let i = 0; i < labels.length; i++) {
    const id = labels[i];
    const own = id === 0 ? undefined : found[id];
    if (own !== undefined) own[filled[id]++] = values[i];
  }
  return new Map(found.flatMap((own, id) => (own === undefined ? [] : [[id, own] as const])));
}
