import type { Triple } from "../volume/affine.ts";
import type { Grid, LabelArray, LabelMap, Volume } from "../volume/volume.ts";

/** How a value between voxels is found. */
export type Interpolation = "nearest" | "linear" | "cubic";

/** Choices for resampling images. */
export interface ResampleOptions {
  /**
   * One word for all axes, or one for each of [D, H, W]; `anisotropic` is cubic in plane and nearest through thick
   * slices. Default `linear`.
   */
  readonly interpolation?: Interpolation | "anisotropic" | readonly [Interpolation, Interpolation, Interpolation];
  /** `gaussian` smooths axes that shrink by more than 2 first. Default `none`, as nnU-Net. */
  readonly antiAliasing?: "none" | "gaussian";
  /** Whether cubic values may leave the range of the input. `clip` is what nnU-Net does. Default `keep`. */
  readonly overshoot?: "keep" | "clip";
  readonly signal?: AbortSignal;
}

/** Choices for resampling label maps. */
export interface ResampleLabelsOptions {
  /** `linear`: the class with the largest linearly interpolated share; the lower id wins a tie. Default `linear`. */
  readonly interpolation?: "nearest" | "linear";
  readonly signal?: AbortSignal;
}

const unfinished = (): never => {
  throw new Error("unfinished");
};

export async function resampleToShape(
  _volume: Volume,
  _shape: Triple,
  _options?: ResampleOptions,
): Promise<Volume<Float32Array>> {
  return unfinished();
}

export async function resampleToSpacing(
  _volume: Volume,
  _spacingMm: Triple,
  _options?: ResampleOptions,
): Promise<Volume<Float32Array>> {
  return unfinished();
}

export async function resampleToGrid(
  _volume: Volume,
  _grid: Grid,
  _options?: ResampleOptions & { readonly outside?: number | "edge" },
): Promise<Volume<Float32Array>> {
  return unfinished();
}

export async function resampleLabelsToShape<T extends LabelArray>(
  _labels: LabelMap<T>,
  _shape: Triple,
  _options?: ResampleLabelsOptions,
): Promise<LabelMap<T>> {
  return unfinished();
}

export async function resampleLabelsToGrid<T extends LabelArray>(
  _labels: LabelMap<T>,
  _grid: Grid,
  _options?: ResampleLabelsOptions & { readonly outside?: number },
): Promise<LabelMap<T>> {
  return unfinished();
}
