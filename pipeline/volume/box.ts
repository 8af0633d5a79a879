import { spacingMmOf, type Triple } from "./affine.ts";
import type { Grid } from "./volume.ts";

/** Voxels from `start` up to, not including, `stop`; [D, H, W]. */
export interface Box {
  readonly start: Triple;
  readonly stop: Triple;
}

/** The box of a whole volume. */
export function wholeBox(shape: Triple): Box {
  return { start: [0, 0, 0], stop: shape };
}

/** Voxels along each side; 0 where a box is empty. */
export function shapeOfBox({ start, stop }: Box): Triple {
  return perAxis((axis) => Math.max(0, stop[axis] - start[axis]));
}

/** Whether a box holds no voxel. */
export function isEmptyBox(box: Box): boolean {
  return shapeOfBox(box).includes(0);
}

/** The smallest box around both; an empty one adds nothing. */
export function unionOf(first: Box, second: Box): Box {
  if (isEmptyBox(first)) return second;
  if (isEmptyBox(second)) return first;
  return {
    start: perAxis((axis) => Math.min(first.start[axis], second.start[axis])),
    stop: perAxis((axis) => Math.max(first.stop[axis], second.stop[axis])),
  };
}

/** The part of a box that lies inside a volume; empty when they do not meet. */
export function clippedBox({ start, stop }: Box, shape: Triple): Box {
  const clip = (value: number, axis: number) => Math.min(Math.max(value, 0), shape[axis]);
  return {
    start: perAxis((axis) => clip(start[axis], axis)),
    stop: perAxis((axis) => clip(stop[axis], axis)),
  };
}

/**
 * A box grown on all six sides, clipped to the volume. Margins count in whole voxels, rounded up.
 *
 * Units: mm, [D, H, W]
 * Empty: an empty box stays as it is
 */
export function withMargin(box: Box, { grid, marginMm }: { readonly grid: Grid; readonly marginMm: Triple }): Box {
  if (isEmptyBox(box)) return box;
  const spacing = spacingMmOf(grid.indexToLps);
  const margin = perAxis((axis) => Math.ceil(marginMm[axis] / spacing[axis]));
  const grown = {
    start: perAxis((axis) => box.start[axis] - margin[axis]),
    stop: perAxis((axis) => box.stop[axis] + margin[axis]),
  };
  return clippedBox(grown, grid.shape);
}

/**
 * A box whose sides are `factor` times as long about the same middle, by at least a voxel on each side, clipped to the volume.
 *
 * Empty: an empty box stays as it is
 */
export function widenedBox(box: Box, { factor, shape }: { readonly factor: number; readonly shape: Triple }): Box {
  if (isEmptyBox(box)) return box;
  const sides = shapeOfBox(box);
  const growth = perAxis((axis) => Math.max(1, Math.ceil((sides[axis] * (factor - 1)) / 2)));
  const grown = {
    start: perAxis((axis) => box.start[axis] - growth[axis]),
    stop: perAxis((axis) => box.stop[axis] + growth[axis]),
  };
  return clippedBox(grown, shape);
}

function perAxis(value: (axis: number) => number): Triple {
  return [value(0), value(1), value(2)];
}
