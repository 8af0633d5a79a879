import { indexToLpsFromSteps, type Triple, transformPoint } from "../volume/affine.ts";
import { type AxisMoves, axisMovesBetween, orientationOf } from "../volume/orientation.ts";
import { assertSameGrid, type Grid, type Volume, type VoxelArray, volumeOf } from "../volume/volume.ts";
import { transposed } from "./transpose.ts";

/**
 * The same voxels at the same patient positions, with array axes that point where `code` says, such as `SPL`.
 * Nothing is resampled; a volume that already lies so comes back as it is, without a copy.
 *
 * Errors: ConfigError when the code is none of the 48
 * Cost:   O(voxels); one copy of the volume
 */
export function reorient<T extends VoxelArray>(volume: Volume<T>, code: string): Volume<T> {
  return moveAxes(volume, axisMovesBetween(orientationOf(volume.indexToLps), code));
}

/** The same voxels at the same patient positions with axes permuted and turned; no copy where none moves. */
export function moveAxes<T extends VoxelArray>(volume: Volume<T>, moves: AxisMoves): Volume<T> {
  if (isIdentity(moves)) return volume;
  return volumeOf(transposed(volume.data, { shape: volume.shape, ...moves }), movedGrid(volume, moves));
}

/**
 * The same voxels with the axes of another grid, carrying that grid's very matrix: the way back from `reorient`.
 *
 * Errors: GeometryError when the two differ by more than the order and direction of their axes
 */
export function reorientLike<T extends VoxelArray>(volume: Volume<T>, grid: Grid): Volume<T> {
  const turned = reorient(volume, orientationOf(grid.indexToLps));
  assertSameGrid("reorient", { found: turned, wanted: grid });
  return volumeOf(turned.data, grid);
}

function isIdentity({ sourceAxis, flipped }: AxisMoves): boolean {
  return String(sourceAxis) === "0,1,2" && !flipped.includes(true);
}

/** The grid after the move: steps permuted and turned, voxel [0, 0, 0] now at the far end of each turned axis. */
function movedGrid({ shape, indexToLps }: Grid, { sourceAxis, flipped }: AxisMoves): Grid {
  const { rows } = indexToLps;
  const stepOf = (axis: number) => {
    const column = sourceAxis[axis];
    return [rows[column], rows[4 + column], rows[8 + column]].map((step) => (flipped[axis] ? -step : step));
  };
  const first = [0, 0, 0];
  for (const axis of [0, 1, 2]) if (flipped[axis]) first[sourceAxis[axis]] = shape[sourceAxis[axis]] - 1;
  return {
    shape: sourceAxis.map((axis) => shape[axis]) as unknown as Triple,
    indexToLps: indexToLpsFromSteps(
      { d: stepOf(0), h: stepOf(1), w: stepOf(2) },
      { originXyz: transformPoint(indexToLps, first as unknown as Triple), where: "reorient" },
    ),
  };
}
