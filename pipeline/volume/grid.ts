import {
  type Affine,
  chain,
  type IndexToLps,
  indexToLpsOf,
  inverse,
  spacingMmOf,
  type Triple,
  transformPoint,
} from "./affine.ts";
import { cornersOf, type Grid } from "./volume.ts";

/**
 * The grid of `shape` voxels over the same field of view: outer edges coincide, steps become extent / shape.
 */
export function resizedGrid(grid: Grid, shape: Triple): Grid {
  const scale = shape.map((side, axis) => grid.shape[axis] / side) as unknown as Triple;
  const offset = scale.map((step) => (step - 1) / 2) as unknown as Triple;
  return { shape, indexToLps: movedAffine(grid.indexToLps, { scale, offset }) };
}

/** Voxels this close to half way between two counts are half way, whatever the rounding of an oblique grid's spacing. */
const HALF_WAY_TOLERANCE = 1e-6;

/**
 * The shape nearest to a wanted spacing over the same field of view, at least one voxel a side; half way, the even count.
 *
 * Units:  mm, [D, H, W]
 * Source: nnU-Net v2, `compute_new_shape`, which rounds as Python does
 */
export function shapeForSpacing(grid: Grid, wantedMm: Triple): Triple {
  const currentMm = spacingMmOf(grid.indexToLps);
  const sideOf = (axis: number) => Math.max(1, roundedToEven((grid.shape[axis] * currentMm[axis]) / wantedMm[axis]));
  return [sideOf(0), sideOf(1), sideOf(2)];
}

function roundedToEven(count: number): number {
  const isHalfWay = Math.abs(count - Math.floor(count) - 0.5) < HALF_WAY_TOLERANCE;
  return isHalfWay ? 2 * Math.round(count / 2) : Math.round(count);
}

/** The matrix of a grid whose index m lies at index `scale * m + offset` of the given one. */
export function movedAffine(
  indexToLps: IndexToLps,
  { scale = [1, 1, 1], offset }: { readonly scale?: Triple; readonly offset: Triple },
): IndexToLps {
  const rows = [scale[0], 0, 0, offset[0], 0, scale[1], 0, offset[1], 0, 0, scale[2], offset[2], 0, 0, 0, 1];
  const move: Affine<"index", "index"> = { from: "index", to: "index", rows: rows as number[] };
  return indexToLpsOf(chain(move, indexToLps).rows, "grid");
}

/** The smallest grid with a grid's axes and steps that another's voxels fit on too, to the nearest voxel. */
export function gridAround(grid: Grid, other: Grid): Grid {
  const toIndex = chain(other.indexToLps, inverse(grid.indexToLps));
  const [d, h, w] = other.shape;
  const corners = cornersOf([d - 1, h - 1, w - 1]).map((corner) => transformPoint(toIndex, corner).map(Math.round));
  const start = [0, 1, 2].map((axis) => Math.min(0, ...corners.map((corner) => corner[axis])));
  const stop = [0, 1, 2].map((axis) => Math.max(grid.shape[axis], ...corners.map((corner) => corner[axis] + 1)));
  const shape = stop.map((end, axis) => end - start[axis]) as unknown as Triple;
  return { shape, indexToLps: movedAffine(grid.indexToLps, { offset: start as unknown as Triple }) };
}
