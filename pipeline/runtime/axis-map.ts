import type { ScoreInterpolation } from "./network.ts";

/** For each output index along one axis: the two input indices it lies between, and the share of the second. */
export interface AxisMap {
  readonly first: Int32Array;
  /** Equal to `first` where the share is 0. */
  readonly second: Int32Array;
  readonly share: Float64Array;
}

/**
 * Maps output voxels to input voxels when both grids span the same edges; beyond the outer centres the border holds.
 *
 * Source: scikit-image resize (mode "edge", order 1 or 0), which nnU-Net resamples scores with
 */
export function axisMapOf(input: number, { output, mode }: { output: number; mode: ScoreInterpolation }): AxisMap {
  const first = new Int32Array(output);
  const second = new Int32Array(output);
  const share = new Float64Array(output);
  for (let i = 0; i < output; i++) {
    const centre = ((i + 0.5) * input) / output - 0.5;
    const inside = Math.min(Math.max(centre, 0), input - 1);
    first[i] = mode === "nearest" ? Math.round(inside) : Math.floor(inside);
    share[i] = mode === "nearest" ? 0 : inside - first[i];
    second[i] = first[i] + (share[i] > 0 ? 1 : 0);
  }
  return { first, second, share };
}
