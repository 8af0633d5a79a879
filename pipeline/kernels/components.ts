import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import type { LabelArray, LabelMap } from "../volume/volume.ts";

/** Which voxels touch: through faces, through edges too, through corners too. */
export type Connectivity = 6 | 18 | 26;

/** One connected region of one class. */
export interface Component {
  readonly classId: number;
  readonly voxels: number;
  readonly box: Box;
}

const unfinished = (): never => {
  throw new Error("unfinished");
};

/** The connected regions of every class, in scanning order of their first voxel. */
export function componentsOf(
  _labels: { readonly data: LabelArray; readonly shape: Triple },
  _options?: { readonly connectivity?: Connectivity },
): readonly Component[] {
  return unfinished();
}

/** Keeps the largest region of each class in `classIds` (default: every class). */
export function keepLargest<T extends LabelArray>(
  _labels: LabelMap<T>,
  _options?: { readonly connectivity?: Connectivity; readonly classIds?: readonly number[] },
): LabelMap<T> {
  return unfinished();
}

/** Removes regions of fewer voxels than `minimumVoxels` of their class. */
export function removeSmall<T extends LabelArray>(
  _labels: LabelMap<T>,
  _options: { readonly connectivity?: Connectivity; readonly minimumVoxels: (classId: number) => number },
): LabelMap<T> {
  return unfinished();
}
