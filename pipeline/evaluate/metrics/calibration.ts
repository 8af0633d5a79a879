import type { LabelArray } from "../../volume/volume.ts";
import type { Calibration } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** Bins of the expected calibration error. */
const BINS = 15;

/** What the probability of a class is held against. */
export interface CalibrationReference {
  readonly reference: LabelArray;
  readonly classId: number;
  /** 1 where a voxel does not count. */
  readonly ignored?: Uint8Array | undefined;
}

/**
 * Compares the probability of a class with whether the voxel has it.
 *
 * Shape:  probabilities [D, H, W] of one class, 0 to 1; reference [D, H, W]
 * Empty:  NaN for no voxels, and where a probability is NaN
 * Source: Naeini 2015, expected calibration error in 15 bins of equal width; Brier 1950
 */
export function calibrationOf(
  probabilities: Float32Array,
  { reference, classId, ignored }: CalibrationReference,
): Calibration {
  const sums = new Float64Array(BINS);
  const hits = new Float64Array(BINS);
  let squares = 0;
  let voxels = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (ignored?.[i] === 1) continue;
    const probability = probabilities[i];
    const hit = reference[i] === classId ? 1 : 0;
    const bin = binOf(probability);
    sums[bin] += probability;
    hits[bin] += hit;
    squares += (probability - hit) ** 2;
    voxels++;
  }
  const gaps = sums.reduce((total, sum, bin) => total + Math.abs(sum - hits[bin]), 0);
  return { expectedError: gaps / voxels, brier: squares / voxels };
}

/** A bin holds its upper end, not its lower; the ends of the outer bins give way to rounding. */
function binOf(probability: number): number {
  const bin = Math.ceil(probability * BINS) - 1;
  return bin >= 0 ? Math.min(bin, BINS - 1) : 0;
}

/** How far probabilities can be believed, over all voxels that count. */
export const calibrationMetrics: readonly Metric[] = [
  {
    key: "ece",
    needs: "probabilities",
    unit: "",
    better: "lower",
    description: "expected calibration error of the class's probability, 15 bins of equal width, all voxels",
    best: 0,
    worst: 1,
    value: ({ calibration }) => calibration?.expectedError ?? Number.NaN,
  },
  {
    key: "brier",
    needs: "probabilities",
    unit: "",
    better: "lower",
    description: "mean squared difference of the class's probability from 0 or 1, all voxels",
    best: 0,
    worst: 1,
    value: ({ calibration }) => calibration?.brier ?? Number.NaN,
  },
];
