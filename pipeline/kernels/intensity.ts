import type { VoxelArray } from "../volume/volume.ts";

/** Clip, then shift and scale: `(min(max(v, lower), upper) - subtract) / divide`. Every normalisation is one of these. */
export interface IntensityMap {
  readonly lower: number;
  readonly upper: number;
  readonly subtract: number;
  readonly divide: number;
}

/** Leaves every value as it is. */
export const unchangedIntensity: IntensityMap = { lower: -Infinity, upper: Infinity, subtract: 0, divide: 1 };

/**
 * Fills `output` with mapped values.
 *
 * Shape:  output and values of one length
 * Cost:   O(voxels), one pass
 */
export function mapIntensityInto(
  output: Float32Array,
  values: VoxelArray,
  { lower, upper, subtract, divide }: IntensityMap,
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const clipped = value < lower ? lower : value > upper ? upper : value;
    output[i] = (clipped - subtract) / divide;
  }
}
