import { sampleMajorityLabelsInto } from "../../kernels/oblique-labels.ts";
import { sampleLinearInto } from "../../kernels/oblique-voxels.ts";
import type { Triple } from "../../volume/affine.ts";
import { type Box, clippedBox, shapeOfBox } from "../../volume/box.ts";
import { type Matrix3, mapTriple } from "../augment/matrix.ts";
import { type Block, channelsOf, type Patch } from "../augment/patch.ts";

/** Where in a case a patch lies. */
export interface Cut {
  /** First voxel; may lie outside. */
  readonly start: Triple;
  /** How it is turned and scaled about its centre. */
  readonly matrix: Matrix3 | undefined;
}

/** Rounding must not cut the last voxel that is needed off. */
const COORDINATE_TOLERANCE = 1e-6;

/** The voxels of a case that a patch needs; empty where the two do not meet. */
export function boxToRead(
  { start, matrix }: Cut,
  { patch, shape }: { readonly patch: Triple; readonly shape: Triple },
): Box {
  if (matrix === undefined) return clippedBox({ start, stop: mapTriple((axis) => start[axis] + patch[axis]) }, shape);
  const centre = centreOf(start, patch);
  const reach = mapTriple(
    (axis) => sumOf((k) => Math.abs(matrix[axis][k]) * ((patch[k] - 1) / 2)) + COORDINATE_TOLERANCE,
  );
  const box = {
    start: mapTriple((axis) => Math.floor(centre[axis] - reach[axis])),
    stop: mapTriple((axis) => Math.ceil(centre[axis] + reach[axis]) + 1),
  };
  return clippedBox(box, shape);
}

/**
 * Fills a patch from a block: copied where it lies straight, else image linear and labels by the largest linear share.
 *
 * Outside of the case the image is 0 and labels are `outside`; all is, without a block.
 */
export function cutInto(
  patch: Patch,
  block: Block | undefined,
  { outside, ...cut }: Cut & { readonly outside: number },
): void {
  patch.image.fill(0);
  patch.labels.fill(outside);
  if (block === undefined) return;
  if (cut.matrix === undefined) copyInto(patch, block, cut.start);
  else sampleInto(patch, block, { start: cut.start, matrix: cut.matrix, outside });
}

function copyInto({ image, labels, shape: [, height, width] }: Patch, { box, ...block }: Block, start: Triple): void {
  const [depth, rows, count] = shapeOfBox(box);
  const [d0, h0, w0] = mapTriple((axis) => box.start[axis] - start[axis]);
  const channels = block.image.length / block.labels.length;
  const voxels = labels.length;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < rows; h++) {
      const from = (d * rows + h) * count;
      const to = ((d0 + d) * height + h0 + h) * width + w0;
      labels.set(block.labels.subarray(from, from + count), to);
      for (let c = 0; c < channels; c++) {
        const first = c * block.labels.length + from;
        image.set(block.image.subarray(first, first + count), c * voxels + to);
      }
    }
}

function sampleInto(
  patch: Patch,
  { box, image, labels }: Block,
  { start, matrix, outside }: { readonly start: Triple; readonly matrix: Matrix3; readonly outside: number },
): void {
  const centre = centreOf(start, patch.shape);
  const rows = matrix.flatMap((row, axis) => {
    const ofFirst = centre[axis] - sumOf((k) => row[k] * ((patch.shape[k] - 1) / 2));
    return [...row, ofFirst - box.start[axis]];
  });
  const part = { start: 0, stop: patch.shape[0] };
  const common = { inputShape: shapeOfBox(box), targetToSource: rows, outputShape: patch.shape };
  const scratch =
    labels instanceof Uint8Array ? new Uint8Array(patch.labels.length) : new Uint16Array(patch.labels.length);
  sampleMajorityLabelsInto({ ...common, input: labels, output: scratch, outside }, part);
  patch.labels.set(scratch);
  for (const [c, output] of channelsOf(patch).entries()) {
    const input = image.subarray(c * labels.length, (c + 1) * labels.length);
    const linear = { frame: 0, clip: undefined, interpolation: ["linear", "linear", "linear"] as const };
    sampleLinearInto({ ...common, ...linear, input, output, outside: 0 }, part);
  }
}

function centreOf(start: Triple, patch: Triple): Triple {
  return mapTriple((axis) => start[axis] + (patch[axis] - 1) / 2);
}

function sumOf(term: (k: number) => number): number {
  return term(0) + term(1) + term(2);
}
