import type { LabelArray } from "../../volume/volume.ts";
import type { Calibration } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** Bins of the expected calibration error. */
const BINS = 15;

/**
 * Compares the probability of a class with whether the voxel has it.
 *
 * Shape:  probabilities [D, H, W] of one class, 0 to 1; reference [D, H, W]
 * Empty:  NaN for no voxels
 * Source: Naeini 2015, expected calibration error in 15 bins of equal width; Brier 1950
 */
export function calibrationOf(probabilities: Float32Array, reference: LabelArray, classId: number): Calibration {
  const sums = new Float64Array(BINS);
  const hits = new Float64Array(BINS);
  let squares = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i];
    const hit = reference[i] === classId ? 1 : 0;
    // A bin holds its upper end, not its lower.
    const bin = Math.max(0, Math.ceil(probability * BINS) - 1);
    sums[bin] += probability;
    hits[bin] += hit;
    squares += (probability - hit) ** 2;
  }
  const gaps = sums.reduce((total, sum, bin) => total + Math.abs(sum - hits[bin]), 0);
  return { expectedError: gaps / probabilities.length, brier: squares / probabilities.length };
}

/** How far probabilities can be believed, over all voxels of the field. */
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
