import type { Triple } from "./affine.ts";
import { type Box, shapeOfBox, wholeBox } from "./box.ts";
import { ShapeError } from "./errors.ts";
import { movedAffine } from "./grid.ts";
import { type Volume, type VoxelArray, volumeOf, voxelCountOf } from "./volume.ts";

/**
 * The voxels inside a box, at the same patient positions. The whole volume comes back as it is, without a copy.
 *
 * Errors: ShapeError when the box is empty or leaves the volume
 */
export function crop<T extends VoxelArray>(volume: Volume<T>, box: Box): Volume<T> {
  assertInside(box, volume.shape);
  const shape = shapeOfBox(box);
  if (String(shape) === String(volume.shape)) return volume;
  const data = emptyLike(volume.data, voxelCountOf(shape));
  copyBoxInto(data, {
    toShape: shape,
    toBox: wholeBox(shape),
    from: volume.data,
    fromShape: volume.shape,
    fromStart: box.start,
  });
  return volumeOf(data, { shape, indexToLps: movedAffine(volume.indexToLps, { offset: box.start }) });
}

/**
 * The volume inside a frame of constant voxels, at the same patient positions.
 *
 * Shape:  before and after [D, H, W] voxels, whole and not negative
 * Errors: ShapeError when a width is negative or not whole
 */
export function pad<T extends VoxelArray>(
  volume: Volume<T>,
  { before, after, value = 0 }: { readonly before: Triple; readonly after: Triple; readonly value?: number },
): Volume<T> {
  assertWidths(before);
  assertWidths(after);
  const shape = volume.shape.map((side, axis) => before[axis] + side + after[axis]) as unknown as Triple;
  if (String(shape) === String(volume.shape)) return volume;
  const data = emptyLike(volume.data, voxelCountOf(shape));
  if (value !== 0) data.fill(value);
  const stop = volume.shape.map((side, axis) => before[axis] + side) as unknown as Triple;
  copyBoxInto(data, {
    toShape: shape,
    toBox: { start: before, stop },
    from: volume.data,
    fromShape: volume.shape,
    fromStart: [0, 0, 0],
  });
  const offset: Triple = [-before[0], -before[1], -before[2]];
  return volumeOf(data, { shape, indexToLps: movedAffine(volume.indexToLps, { offset }) });
}

interface BoxCopy {
  readonly toShape: Triple;
  readonly toBox: Box;
  readonly from: VoxelArray;
  readonly fromShape: Triple;
  readonly fromStart: Triple;
}

/** Copies one box of voxels into another array, row by row. */
function copyBoxInto(to: VoxelArray, { toShape, toBox, from, fromShape, fromStart }: BoxCopy): void {
  const [depth, height, width] = shapeOfBox(toBox);
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const source = ((fromStart[0] + d) * fromShape[1] + fromStart[1] + h) * fromShape[2] + fromStart[2];
      const target = ((toBox.start[0] + d) * toShape[1] + toBox.start[1] + h) * toShape[2] + toBox.start[2];
      to.set(from.subarray(source, source + width), target);
    }
}

/** A new array of zeros of the same element type. */
function emptyLike<T extends VoxelArray>(array: T, length: number): T {
  return new (array.constructor as new (length: number) => T)(length);
}

function assertInside({ start, stop }: Box, shape: Triple): void {
  const fits = (axis: number) =>
    Number.isInteger(start[axis]) &&
    Number.isInteger(stop[axis]) &&
    start[axis] >= 0 &&
    start[axis] < stop[axis] &&
    stop[axis] <= shape[axis];
  if ([0, 1, 2].every(fits)) return;
  throw new ShapeError({
    code: "V_BOX",
    where: "crop",
    expected: `a box of at least one voxel inside [${shape}]`,
    got: `[${start}] to [${stop}]`,
    next: "Clip the box to the volume first",
  });
}

function assertWidths(widths: Triple): void {
  if (widths.every((width) => Number.isInteger(width) && width >= 0)) return;
  throw new ShapeError({
    code: "V_PAD",
    where: "pad",
    expected: "whole widths of 0 or more voxels",
    got: `[${widths}]`,
    next: "Crop instead where voxels should go",
  });
}
