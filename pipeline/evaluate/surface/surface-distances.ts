import { LONGEST_SIDE, visitNearest } from "../../kernels/nearest-target.ts";
import type { Triple } from "../../volume/affine.ts";
import type { Box } from "../../volume/box.ts";
import { ShapeError } from "../../volume/errors.ts";
import {
  boundaryCells,
  boundaryVoxels,
  cellCode,
  type LabelPair,
  type PaddedMasks,
  PREDICTION,
  paddedMasks,
  REFERENCE,
} from "./boundary.ts";
import { type DistanceTally, tallyOf } from "./distance-tally.ts";
import { contourLengths, surfaceAreas } from "./surface-elements.ts";

/** Distances from one mask's surface to the other's, the surface taken in two ways. */
export interface DirectedDistances {
  /** From boundary voxels to boundary voxels, each voxel counting one. */
  readonly voxels: DistanceTally;
  /** From cells that the surface runs through to such cells, each counting its surface's area. */
  readonly areas: DistanceTally;
}

/** Both directions. */
export interface SurfaceDistances {
  readonly fromPrediction: DirectedDistances;
  readonly fromReference: DirectedDistances;
}

/** One class of two label maps. */
export interface SurfaceRequest {
  readonly classId: number;
  /** Holds both masks. */
  readonly box: Box;
  readonly spacingMm: Triple;
  readonly from: keyof SurfaceDistances;
}

/**
 * Distances from one mask's surface to the other's. A grid of one slice has contours in place of surfaces.
 *
 * Units:  mm, mm²
 * Empty:  no distances from a mask without a voxel; Infinity to one
 * Errors: ShapeError E_SIDE for a side of more than 65535 voxels
 * Source: boundary voxels as MedPy and MONAI take them; areas as `surface-distance` of Google DeepMind
 */
export function directedDistances(
  pair: LabelPair,
  { classId, box, spacingMm, from }: SurfaceRequest,
): DirectedDistances {
  assertSides(pair.shape);
  const masks = paddedMasks(pair, { classId, box });
  const [query, target] = from === "fromPrediction" ? [PREDICTION, REFERENCE] : [REFERENCE, PREDICTION];
  const bits = { query, target };
  return {
    voxels: tallied({ marks: boundaryVoxels(masks), shape: masks.shape, spacingMm }, bits, () => 1),
    areas: tallied({ ...boundaryCells(masks), spacingMm }, bits, areaOf(masks, spacingMm, query)),
  };
}

function areaOf(masks: PaddedMasks, spacingMm: Triple, mask: number): (index: number) => number {
  const areas = masks.isFlat ? contourLengths(spacingMm) : surfaceAreas(spacingMm);
  return (index) => areas[cellCode(masks, index, mask)];
}

function tallied(
  grid: Parameters<typeof visitNearest>[0],
  bits: Parameters<typeof visitNearest>[1],
  weightOf: (index: number) => number,
): DistanceTally {
  const weights = new Map<number, number>();
  visitNearest(grid, bits, (index, distance) => {
    weights.set(distance, (weights.get(distance) ?? 0) + weightOf(index));
  });
  return tallyOf(weights);
}

function assertSides(shape: Triple): void {
  if (Math.max(...shape) < LONGEST_SIDE) return;
  throw new ShapeError({
    code: "E_SIDE",
    where: "label maps",
    expected: `sides below ${LONGEST_SIDE} voxels`,
    got: `[${shape}]`,
    next: "Cut or resample the label maps",
  });
}
