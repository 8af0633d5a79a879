import { chain, inverse, type Triple } from "../volume/affine.ts";
import { resizedGrid } from "../volume/grid.ts";
import { type Grid, type LabelArray, type LabelMap, volumeOf, voxelCountOf } from "../volume/volume.ts";
import { type LabelJob, sampleMajorityLabelsInto, sampleNearestLabelsInto } from "./oblique-labels.ts";
import { inParts, type PartKernel } from "./parallel.ts";
import { assertTargetShape } from "./sampling.ts";
import { arrayOf, copyInto, isShared } from "./shared-memory.ts";
import { isStraight, pickLabelsInto } from "./straight-labels.ts";
import { isLarge } from "./zoom.ts";

/** Choices for resampling label maps. */
export interface ResampleLabelsOptions {
  /**
   * `linear`: each class's mask is interpolated linearly and the class with the largest share wins, the lower id at a
   * tie. Default `linear`.
   */
  readonly interpolation?: "nearest" | "linear";
  readonly signal?: AbortSignal;
}

const obliqueModule = new URL("./oblique-labels.js", import.meta.url).href;
const straightModule = new URL("./straight-labels.js", import.meta.url).href;

/**
 * The label map with another number of voxels over the same field of view.
 *
 * Of all classes only those of a voxel's eight neighbours have a share there, so no mask is ever made.
 *
 * Errors: ShapeError when the shape is none; the signal's reason
 * Cost:   O(voxels), whatever the number of classes; memory for the output and, in threads, a copy of the input
 * Source: nnU-Net v2, `resample_data_or_seg` with order 1 on one-hot masks
 */
export async function resampleLabelsToShape<T extends LabelArray>(
  labels: LabelMap<T>,
  shape: Triple,
  options: ResampleLabelsOptions = {},
): Promise<LabelMap<T>> {
  assertTargetShape(shape);
  const scale = shape.map((side, axis) => labels.shape[axis] / side) as number[];
  const row = (axis: number) => [0, 1, 2].map((other) => (other === axis ? scale[axis] : 0));
  const targetToSource = [0, 1, 2].flatMap((axis) => [...row(axis), (scale[axis] - 1) / 2]);
  const data = await sampledLabels(labels, { shape, targetToSource, outside: "edge" }, options);
  return volumeOf(data, resizedGrid(labels, shape));
}

/**
 * The label map on any other grid, oblique and sheared ones included.
 *
 * `outside` is the class of voxels farther than half a voxel beyond the source. Default 0.
 *
 * Errors: ShapeError when the grid's shape is none; the signal's reason
 * Cost:   as `resampleLabelsToShape`
 */
export async function resampleLabelsToGrid<T extends LabelArray>(
  labels: LabelMap<T>,
  grid: Grid,
  { outside = 0, ...options }: ResampleLabelsOptions & { readonly outside?: number } = {},
): Promise<LabelMap<T>> {
  assertTargetShape(grid.shape);
  const targetToSource = chain(grid.indexToLps, inverse(labels.indexToLps)).rows.slice(0, 12);
  return volumeOf(await sampledLabels(labels, { shape: grid.shape, targetToSource, outside }, options), grid);
}

async function sampledLabels<T extends LabelArray>(
  labels: LabelMap<T>,
  { shape, targetToSource, outside }: Pick<LabelJob, "targetToSource" | "outside"> & { readonly shape: Triple },
  { interpolation = "linear", signal }: ResampleLabelsOptions,
): Promise<T> {
  const threaded = isLarge(labels.shape, shape);
  const kind = labels.data.constructor as new (source: number | SharedArrayBuffer) => T;
  const input = threaded ? await sharedCopyOf(labels.data, kind) : labels.data;
  const output = arrayOf(kind, { length: voxelCountOf(shape), shared: threaded });
  const job: LabelJob = { input, inputShape: labels.shape, targetToSource, output, outputShape: shape, outside };
  const options = { count: shape[0], threaded, jobOf: () => ({ job }), signal };
  const { kernel, module } = kernelFor(interpolation, targetToSource);
  await inParts(kernel, { ...options, module });
  return output;
}

function kernelFor(
  interpolation: "nearest" | "linear",
  targetToSource: readonly number[],
): { readonly kernel: PartKernel<LabelJob>; readonly module: string } {
  if (interpolation === "linear") return { kernel: sampleMajorityLabelsInto, module: obliqueModule };
  if (isStraight(targetToSource)) return { kernel: pickLabelsInto, module: straightModule };
  return { kernel: sampleNearestLabelsInto, module: obliqueModule };
}

async function sharedCopyOf<T extends LabelArray>(
  data: T,
  kind: new (source: number | SharedArrayBuffer) => T,
): Promise<T> {
  if (isShared(data)) return data;
  const copy = arrayOf(kind, { length: data.length, shared: true });
  await copyInto(copy, data);
  return copy;
}
