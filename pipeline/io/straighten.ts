import { resampleToGrid } from "../kernels/resample.ts";
import { resampleLabelsToGrid } from "../kernels/resample-labels.ts";
import { indexToLpsFromSteps, inverse, type Triple, transformPoint } from "../volume/affine.ts";
import { FormatError } from "../volume/errors.ts";
import type { Limits } from "../volume/limits.ts";
import type { Scan } from "../volume/scan.ts";
import { cornersOf, type Grid, type LabelArray, type Volume, voxelCountOf } from "../volume/volume.ts";
import { isSquare } from "./place-rules.ts";

/** Bytes of a resampled voxel. */
const RESAMPLED_BYTES = 4;

/** How to straighten. */
export interface StraightenOptions {
  readonly where: string;
  readonly limits: Pick<Limits, "volumeBytes">;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The scan on a straight grid: images linearly, class ids by the class that has the largest share.
 *
 * What is outside of the source gets its smallest value, or background. The scan no longer claims the place of its
 * source, and a warning says why.
 *
 * Empty:  a scan that is straight already is returned as it is
 * Errors: FormatError S_TOO_BIG when the straight grid is beyond the limit; the signal's reason
 */
export async function straightenedScan(scan: Scan, options: StraightenOptions): Promise<Scan> {
  const [first, ...others] = scan.channels;
  if (isSquare(first.indexToLps)) return scan;
  const { where, limits, signal } = options;
  const grid = straightGridOf(first);
  const bytes = voxelCountOf(grid.shape) * RESAMPLED_BYTES * scan.channels.length;
  if (bytes > limits.volumeBytes) throw tooBigError(where, { bytes, most: limits.volumeBytes });
  const straightened = (channel: Volume) =>
    resampled(channel, grid, { isLabelMap: scan.classes !== undefined, signal });
  const { nifti: _nifti, dicom: _dicom, ...rest } = scan;
  const text = "the sheared grid was resampled to a straight one";
  return {
    ...rest,
    channels: [await straightened(first), ...(await Promise.all(others.map(straightened)))],
    warnings: [...scan.warnings, { code: "S_TILT", where, text }],
  };
}

function resampled(
  channel: Volume,
  grid: Grid,
  { isLabelMap, signal }: { readonly isLabelMap: boolean; readonly signal: AbortSignal | undefined },
): Promise<Volume> {
  const options = signal === undefined ? {} : { signal };
  const { data } = channel;
  if (isLabelMap && (data instanceof Uint8Array || data instanceof Uint16Array))
    return resampleLabelsToGrid<LabelArray>({ ...channel, data }, grid, options);
  let least = Infinity;
  for (let i = 0; i < data.length; i++) if (data[i] < least) least = data[i];
  return resampleToGrid(channel, grid, { interpolation: "linear", outside: least, ...options });
}

/**
 * A straight grid around a sheared one: rows as they are, columns and then slices moved at right angles to them, as many
 * of each as it takes for every voxel to lie inside.
 *
 * Units:  mm, LPS+
 */
export function straightGridOf({ shape, indexToLps }: Grid): Grid {
  const { rows } = indexToLps;
  const columnOf = (axis: number) => [rows[axis], rows[axis + 4], rows[axis + 8]];
  const w = columnOf(2);
  const h = without(columnOf(1), [w]);
  const d = without(columnOf(0), [w, h]);
  const stepsAt = (originXyz: readonly number[]) =>
    indexToLpsFromSteps({ d, h, w }, { originXyz, where: "straightened grid" });
  const aligned = stepsAt([rows[3], rows[7], rows[11]]);
  const lpsToIndex = inverse(aligned);
  const [depth, height, width] = shape;
  const corners = cornersOf([depth - 1, height - 1, width - 1]).map((corner) =>
    transformPoint(lpsToIndex, transformPoint(indexToLps, corner)),
  );
  const ends = [0, 1, 2].map((axis) => corners.map((corner) => corner[axis]));
  const start = ends.map((values) => Math.floor(Math.min(...values) + WHOLE_TOLERANCE)) as unknown as Triple;
  const stop = ends.map((values) => Math.ceil(Math.max(...values) - WHOLE_TOLERANCE));
  return {
    shape: [stop[0] - start[0] + 1, stop[1] - start[1] + 1, stop[2] - start[2] + 1],
    indexToLps: stepsAt(transformPoint(aligned, start)),
  };
}

/** Part of a voxel by which rounding may make a whole one more. */
const WHOLE_TOLERANCE = 1e-6;

/** A vector less its parts along others, which are at right angles to each other. */
function without(vector: readonly number[], others: readonly (readonly number[])[]): readonly number[] {
  return others.reduce((rest, other) => {
    const along = dot(vector, other) / dot(other, other);
    return rest.map((mm, axis) => mm - along * other[axis]);
  }, vector);
}

function dot(first: readonly number[], second: readonly number[]): number {
  return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
}

function tooBigError(where: string, { bytes, most }: { readonly bytes: number; readonly most: number }): FormatError {
  return new FormatError({
    code: "S_TOO_BIG",
    where,
    expected: `a straight grid of at most ${most} bytes`,
    got: String(bytes),
    next: "Raise the limit volumeBytes if you trust the files",
  });
}
