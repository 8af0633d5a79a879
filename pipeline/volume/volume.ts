import { type IndexToLps, type Triple, transformPoint } from "./affine.ts";
import { GeometryError, ShapeError } from "./errors.ts";

/** Intensities as they are held in memory; `Float32Array` wherever a rescale or a network touched them. */
export type VoxelArray = Float32Array | Int16Array | Uint16Array | Uint8Array;

/** Class ids; 0 is background. */
export type LabelArray = Uint8Array | Uint16Array;

/** Where voxels lie: how many, and the patient position of each. */
export interface Grid {
  /** [D, H, W] */
  readonly shape: Triple;
  readonly indexToLps: IndexToLps;
}

/** Voxels with their geometry; row-major, W varies fastest. */
export interface Volume<T extends VoxelArray = VoxelArray> {
  readonly data: T;
  /** [D, H, W] */
  readonly shape: Triple;
  readonly indexToLps: IndexToLps;
}

/** A volume whose voxels are class ids. */
export type LabelMap<T extends LabelArray = LabelArray> = Volume<T>;

/** Largest distance in mm between the corners of two grids that still count as the same: the precision DICOM text keeps. */
export const SAME_GRID_TOLERANCE_MM = 1e-3;

/** Number of voxels. */
export function voxelCountOf([d, h, w]: Triple): number {
  return d * h * w;
}

/**
 * Puts voxels on a grid.
 *
 * Errors: ShapeError when the array's length is not D*H*W, or a side is not a positive whole number
 */
export function volumeOf<T extends VoxelArray>(data: T, { shape, indexToLps }: Grid, where = "volume"): Volume<T> {
  if (!shape.every((side) => Number.isInteger(side) && side > 0) || data.length !== voxelCountOf(shape))
    throw new ShapeError({
      code: "V_SHAPE",
      where,
      expected: `positive whole sides and ${voxelCountOf(shape)} voxels for shape [${shape}]`,
      got: `${data.length} voxels`,
      next: "Pass an array of D*H*W voxels",
    });
  return { data, shape, indexToLps };
}

/** Largest distance in mm between corresponding corner voxels; Infinity when the shapes differ. */
export function gridDistanceMm(first: Grid, second: Grid): number {
  if (String(first.shape) !== String(second.shape)) return Infinity;
  const [d, h, w] = first.shape;
  let largest = 0;
  for (const corner of cornersOf([d - 1, h - 1, w - 1])) {
    const [px, py, pz] = transformPoint(first.indexToLps, corner);
    const [qx, qy, qz] = transformPoint(second.indexToLps, corner);
    largest = Math.max(largest, Math.hypot(px - qx, py - qy, pz - qz));
  }
  return largest;
}

/**
 * Refuses two volumes whose voxels do not lie at the same places.
 *
 * Errors: GeometryError when a corner is farther than `toleranceMm` apart or the shapes differ
 */
export function assertSameGrid(
  where: string,
  { found, wanted, toleranceMm = SAME_GRID_TOLERANCE_MM }: { found: Grid; wanted: Grid; toleranceMm?: number },
): void {
  const distance = gridDistanceMm(found, wanted);
  if (distance > toleranceMm)
    throw new GeometryError({
      code: "G_GRID",
      where,
      expected: `the grid [${wanted.shape}] within ${toleranceMm} mm`,
      got: distance === Infinity ? `[${found.shape}]` : `the same shape up to ${distance.toPrecision(3)} mm away`,
      next: "Resample one of the two to the other's grid first",
    });
}

/** The eight corners of the box from [0, 0, 0] to `[d, h, w]`. */
export function cornersOf([d, h, w]: Triple): readonly Triple[] {
  return [0, d].flatMap((z) => [0, h].flatMap((y) => [0, w].map((x): Triple => [z, y, x])));
}
