import type { LabelArray, LabelMap } from "../volume/volume.ts";

/** Gives background voxels that one class encloses to that class. */
export function fillHoles<T extends LabelArray>(
  _labels: LabelMap<T>,
  _options?: { readonly classIds?: readonly number[] },
): LabelMap<T> {
  throw new Error("unfinished");
}
