import { spacingMmOf } from "../volume/affine.ts";
import { orientationOf } from "../volume/orientation.ts";
import { assertSameGrid, type Grid, gridDistanceMm, type Volume, type VoxelArray } from "../volume/volume.ts";
import { reorient } from "./reorient.ts";

/** Share of the shortest voxel edge by which tools' rounding of one grid differs; a real shift is half a voxel or more. */
const SAME_GRID_SHARE = 0.05;

/** How far the corners of two records of one grid may lie apart. Units: mm */
export function toleranceMmOf({ indexToLps }: Grid): number {
  return SAME_GRID_SHARE * Math.min(...spacingMmOf(indexToLps));
}

/**
 * A volume with the axes of a grid that it shares voxels with, and with that grid's matrix; nothing is resampled.
 *
 * Errors: GeometryError G_GRID when it lies elsewhere
 */
export function ontoGrid<T extends VoxelArray>(volume: Volume<T>, grid: Grid, where: string): Volume<T> {
  const turned = turnedLike(volume, grid);
  assertSameGrid(where, { found: turned, wanted: grid, toleranceMm: toleranceMmOf(grid) });
  return { ...turned, indexToLps: grid.indexToLps };
}

/** The same, or undefined where the volume lies elsewhere. */
export function ontoGridIfSame<T extends VoxelArray>(volume: Volume<T>, grid: Grid): Volume<T> | undefined {
  const turned = turnedLike(volume, grid);
  return gridDistanceMm(turned, grid) <= toleranceMmOf(grid) ? { ...turned, indexToLps: grid.indexToLps } : undefined;
}

function turnedLike<T extends VoxelArray>(volume: Volume<T>, grid: Grid): Volume<T> {
  return reorient(volume, orientationOf(grid.indexToLps));
}
