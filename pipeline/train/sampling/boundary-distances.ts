import { signedDistancesInto } from "../../kernels/distance.ts";
import type { Triple } from "../../volume/affine.ts";

/** What distances are measured to. */
export interface BoundaryDistancesOptions {
  readonly patches: number;
  readonly patch: Triple;
  readonly spacingMm: Triple;
  /** Label values of each output channel. */
  readonly labelsOfChannels: readonly (readonly number[])[];
}

/**
 * Signed distance of each voxel to each channel's boundary within its patch.
 *
 * Shape:  labels [N, D, H, W] -> [N, C, D, H, W]
 * Units:  mm
 */
export function boundaryDistances(
  labels: Float32Array,
  { patches, patch, spacingMm, labelsOfChannels }: BoundaryDistancesOptions,
): Float32Array {
  const voxels = labels.length / patches;
  const channels = labelsOfChannels.length;
  const distances = new Float32Array(labels.length * channels);
  for (let n = 0; n < patches; n++)
    for (const [c, ids] of labelsOfChannels.entries()) {
      const wanted = new Set(ids);
      const output = distances.subarray((n * channels + c) * voxels, (n * channels + c + 1) * voxels);
      signedDistancesInto(output, (i) => wanted.has(labels[n * voxels + i]), { shape: patch, spacingMm });
    }
  return distances;
}
