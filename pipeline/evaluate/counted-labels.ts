import type { LabelArray } from "../volume/volume.ts";

/** Two label maps on one grid without the voxels that do not count. */
export interface CountedLabels {
  readonly prediction: LabelArray;
  readonly reference: LabelArray;
  /** How many voxels count. */
  readonly voxels: number;
  /** 1 where a voxel does not count; left out where all do. */
  readonly ignored?: Uint8Array;
}

/** Takes the voxels that the reference says to ignore out of both label maps. */
export function countedLabels(
  { prediction, reference }: { readonly prediction: LabelArray; readonly reference: LabelArray },
  ignoreLabel: number | undefined,
): CountedLabels {
  if (ignoreLabel === undefined || !reference.includes(ignoreLabel))
    return { prediction, reference, voxels: reference.length };
  let voxels = 0;
  const kept = { prediction: prediction.slice() as LabelArray, reference: reference.slice() as LabelArray };
  const ignored = new Uint8Array(reference.length);
  for (let i = 0; i < reference.length; i++) {
    if (reference[i] !== ignoreLabel) {
      voxels++;
      continue;
    }
    kept.prediction[i] = 0;
    kept.reference[i] = 0;
    ignored[i] = 1;
  }
  return { ...kept, voxels, ignored };
}
