import type { Triple } from "../../volume/affine.ts";

/** Patches for one training step. */
export interface Batch {
  /** Step that it is for, from 0; the same seed and step give the same bytes. */
  readonly step: number;
  /** [D, H, W] of each patch; D is 1 for a 2-D network. */
  readonly patch: Triple;
  /** [N, C, D, H, W] */
  readonly image: Float32Array;
  /** [N, D, H, W]: class ids, and the ignore label; float32, as every input of a training graph is. */
  readonly labels: Float32Array;
  /** [N, C, D, H, W]: signed distance in mm to each output channel's boundary, where the recipe asks for it. */
  readonly distances?: Float32Array;
  readonly caseIds: readonly string[];
  /** What each patch was drawn around, where the sampler is told what came of it. */
  readonly items?: readonly number[];
  /** Voxels of each class id in the batch, in the order of the plan's classes, background first. */
  readonly voxelsByClass: readonly number[];
  /** Patches that hold each, in the same order. */
  readonly patchesByClass: readonly number[];
}
