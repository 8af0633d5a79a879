import type { Triple } from "../volume/affine.ts";
import type { LabelArray } from "../volume/volume.ts";

/** A case as networks see it: turned, normalised and resampled to the plan's spacing. */
export interface PreparedCase {
  readonly id: string;
  /** [D, H, W] of the whole volume, also where a 2-D plan draws slices from it. */
  readonly shape: Triple;
  /** [C, D, H, W] */
  readonly image: Float32Array;
  /** [D, H, W]: class ids and, where the data set has one, its ignore label. */
  readonly labels: LabelArray;
  /** Flat indices of voxels by class id, at most 10,000 each, evenly drawn; classes that the case lacks are left out. */
  readonly voxelsByClass: ReadonlyMap<number, Uint32Array>;
}
