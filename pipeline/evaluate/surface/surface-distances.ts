import { visitNearby } from "../../kernels/nearby-target.ts";
import { LONGEST_SIDE, visitNearest } from "../../kernels/nearest-target.ts";
import type { Triple } from "../../volume/affine.ts";
import { ShapeError } from "../../volume/errors.ts";
import type { MaskPair } from "../mask-pair.ts";
import { boundaryCells, boundaryVoxels } from "./boundary.ts";
import { type DistanceTally, tallyOf } from "./distance-tally.ts";
import { paddedMasks } from "./padded-masks.ts";
import { contourLengths, surfaceAreas } from "./surface-elements.ts";
import { PREDICTION, REFERENCE, type SurfaceGrid, type SurfacePoints } from "./surface-points.ts";

/** Distances from each mask's surface to the other's. */
export interface SurfaceDistances {
  readonly fromPrediction: DistanceTally;
  readonly fromReference: DistanceTally;
}

/** How a surface is taken: by its boundary voxels, each counting one, or by the area of its elements. */
export type Weighting = "voxels" | "areas";

/** Room that the longest side needs beside it. */
const BORDER = 16;

/**
 * Distances between the surfaces of two masks. A grid of one slice has contours in place of surfaces.
 *
 * Units:  mm, mm²; for contours mm
 * Empty:  no distances from a mask without a voxel; Infinity to one
 * Errors: as `assertSides`, which is to be called first
 * Source: boundary voxels as MedPy and MONAI take them; areas as `surface-distance` of Google DeepMind
 */
export function surfaceDistances(pair: MaskPair, weighting: Weighting): SurfaceDistances {
  const masks = paddedMasks(pair);
  if (weighting === "voxels") return bothWays(boundaryVoxels(masks, pair.spacingMm), Float64Array.of(1));
  const sizes = masks.isFlat ? contourLengths(pair.spacingMm) : surfaceAreas(pair.spacingMm);
  return bothWays(boundaryCells(masks, pair.spacingMm), sizes);
}

function bothWays(grid: SurfaceGrid, sizes: Float64Array): SurfaceDistances {
  const { prediction, reference } = grid;
  return {
    fromPrediction: tallied(grid, { from: prediction, to: reference, target: REFERENCE, sizes }),
    fromReference: tallied(grid, { from: reference, to: prediction, target: PREDICTION, sizes }),
  };
}

interface OneWay {
  readonly from: SurfacePoints;
  readonly to: SurfacePoints;
  readonly target: number;
  /** What a point counts, by its code. */
  readonly sizes: Float64Array;
}

function tallied(grid: SurfaceGrid, { from, to, target, sizes }: OneWay): DistanceTally {
  const { lengthsMm } = grid.nearby;
  const near = new Float64Array(lengthsMm.length);
  const left = visitNearby(grid, { target, queries: from.indices }, (point, step) => {
    near[step] += sizes[from.codes[point]];
  });
  const weights = new Map<number, number>();
  const add = (distanceMm: number, weight: number) => weights.set(distanceMm, (weights.get(distanceMm) ?? 0) + weight);
  for (const [step, weight] of near.entries()) if (weight > 0) add(lengthsMm[step], weight);
  const queries = left.map((point) => from.indices[point]);
  visitNearest(grid, { queries, targets: to.indices }, (query, distanceMm) =>
    add(distanceMm, sizes[from.codes[left[query]]]),
  );
  return tallyOf(weights);
}

/**
 * Refuses grids whose places do not fit the memory that distances are found in.
 *
 * Errors: ShapeError E_SIDE
 */
export function assertSides(shape: Triple): void {
  if (Math.max(...shape) + BORDER < LONGEST_SIDE) return;
  throw new ShapeError({
    code: "E_SIDE",
    where: "label maps",
    expected: `sides below ${LONGEST_SIDE - BORDER} voxels`,
    got: `[${shape}]`,
    next: "Cut or resample the label maps",
  });
}
