import type { LabelArray } from "../volume/volume.ts";

/** Voxels of one class in two label maps. */
export interface LabelOverlap {
  readonly prediction: number;
  readonly reference: number;
  readonly both: number;
}

/**
 * Counts, for each class id from 1 to `largestId`, its voxels in a prediction, in a reference, and in both at once.
 *
 * Cost:   O(voxels), one pass
 */
export function labelOverlaps(
  prediction: LabelArray,
  { reference, largestId }: { readonly reference: LabelArray; readonly largestId: number },
): readonly LabelOverlap[] {
  const counts = { prediction: new Float64Array(largestId + 1), reference: new Float64Array(largestId + 1) };
  const both = new Float64Array(largestId + 1);
  for (let i = 0; i < prediction.length; i++) {
    const found = prediction[i];
    const wanted = reference[i];
    counts.prediction[found]++;
    counts.reference[wanted]++;
    if (found === wanted) both[found]++;
  }
  return Array.from({ length: largestId }, (_, i) => ({
    prediction: counts.prediction[i + 1],
    reference: counts.reference[i + 1],
    both: both[i + 1],
  }));
}

/**
 * Dice similarity coefficient: 2 |A ∩ B| / (|A| + |B|).
 *
 * Empty:  NaN when the class is in neither, 0 when it is in one
 * Source: Dice 1945, doi:10.2307/1932409
 */
export function diceOf({ prediction, reference, both }: LabelOverlap): number {
  return (2 * both) / (prediction + reference);
}
