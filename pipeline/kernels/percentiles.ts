import type { VoxelArray } from "../volume/volume.ts";

const BINS = 2 ** 16;

/** The place of a rank in a histogram: its bin, and its rank among the bin's own values. */
interface Place {
  readonly bin: number;
  readonly rest: number;
}

/**
 * Percentiles of the finite values by NumPy's `linear` rule, exact and without a sorted copy.
 *
 * Shape:  percents 0..100 -> one value each
 * Empty:  no finite value gives NaN
 * Cost:   O(values), two passes over floats, one over integers; memory 256 KiB, for floats as much per percentile too
 */
export function percentilesOf(values: VoxelArray, percents: readonly number[]): readonly number[] {
  const sorted = values instanceof Float32Array ? sortedFloats(values) : sortedIntegers(values);
  if (sorted.count === 0) return percents.map(() => NaN);
  const positions = percents.map((percent) => ((sorted.count - 1) * Math.min(100, Math.max(0, percent))) / 100);
  const ranks = [...new Set(positions.flatMap((position) => [Math.floor(position), Math.ceil(position)]))];
  const found = sorted.valuesAt(ranks);
  return positions.map((position) => {
    const below = found[ranks.indexOf(Math.floor(position))];
    const above = found[ranks.indexOf(Math.ceil(position))];
    const fraction = position - Math.floor(position);
    // Reckoned from the nearer end, as NumPy does.
    return fraction < 0.5 ? below + (above - below) * fraction : above - (above - below) * (1 - fraction);
  });
}

/** The finite values as if sorted. */
interface Sorted {
  readonly count: number;
  readonly valuesAt: (ranks: readonly number[]) => readonly number[];
}

function sortedIntegers(values: Exclude<VoxelArray, Float32Array>): Sorted {
  const offset = values instanceof Int16Array ? BINS / 2 : 0;
  const counts = new Uint32Array(BINS);
  for (let i = 0; i < values.length; i++) counts[values[i] + offset]++;
  return { count: values.length, valuesAt: (ranks) => ranks.map((rank) => placeOf(counts, rank).bin - offset) };
}

function sortedFloats(values: Float32Array): Sorted {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(BINS);
  let count = 0;
  for (let i = 0; i < words.length; i++)
    if (isFiniteWord(words[i])) {
      counts[sortableOf(words[i]) >>> 16]++;
      count++;
    }
  const valuesAt = (ranks: readonly number[]) => {
    const places = ranks.map((rank) => placeOf(counts, rank));
    const bins = [...new Set(places.map(({ bin }) => bin))];
    const lower = lowerHalvesOf(words, bins);
    return places.map(({ bin, rest }) => floatOf(bin * BINS + placeOf(lower[bins.indexOf(bin)], rest).bin));
  };
  return { count, valuesAt };
}

function placeOf(counts: Uint32Array, rank: number): Place {
  let rest = rank;
  let bin = 0;
  while (rest >= counts[bin]) rest -= counts[bin++];
  return { bin, rest };
}

/** For each wanted upper half of a sortable word, how many finite values have each lower half. */
function lowerHalvesOf(words: Int32Array, bins: readonly number[]): readonly Uint32Array[] {
  const counts = bins.map(() => new Uint32Array(BINS));
  const slotOf = new Int32Array(BINS).fill(-1);
  bins.forEach((bin, slot) => {
    slotOf[bin] = slot;
  });
  for (let i = 0; i < words.length; i++) {
    const word = sortableOf(words[i]);
    const slot = slotOf[word >>> 16];
    if (slot >= 0 && isFiniteWord(words[i])) counts[slot][word & (BINS - 1)]++;
  }
  return counts;
}

/** Whether the bits of a float are those of a finite number. */
function isFiniteWord(word: number): boolean {
  return (word & 0x7f800000) !== 0x7f800000;
}

/** The bits of a float as a word whose unsigned order is that of the floats. */
function sortableOf(word: number): number {
  return word ^ ((word >> 31) | 0x80000000);
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The float of a sortable word. */
function floatOf(sortable: number): number {
  word[0] = sortable >= 2 ** 31 ? sortable - 2 ** 31 : ~sortable;
  return float[0];
}
