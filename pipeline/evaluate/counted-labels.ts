import type { LabelArray } from "../volume/volume.ts";
import type { LabelPair } from "./surface/boundary.ts";

/** Labels without the voxels that do not count, and how many voxels do. */
export interface CountedLabels extends LabelPair {
  readonly voxels: number;
}

/** Takes the voxels that the reference says to ignore out of both label maps. */
export function countedLabels(pair: LabelPair, ignoreLabel: number | undefined): CountedLabels {
  const { prediction, reference, shape } = pair;
  if (ignoreLabel === undefined || !reference.includes(ignoreLabel)) return { ...pair, voxels: reference.length };
  let voxels = 0;
  const kept = { prediction: prediction.slice() as LabelArray, reference: reference.slice() as LabelArray };
  for (let i = 0; i < reference.length; i++) {
    if (reference[i] !== ignoreLabel) {
      voxels++;
      continue;
    }
    kept.prediction[i] = 0;
    kept.reference[i] = 0;
  }
  return { ...kept, shape, voxels };
}
