import type { Triple } from "../volume/affine.ts";
import { voxelCountOf } from "../volume/volume.ts";

/** Steps from a voxel to those around it, the nearest first; none is left out that is as short as one of them. */
export interface Neighbourhood {
  readonly steps: readonly Triple[];
  /** Length of each step. Units: mm */
  readonly lengthsMm: Float64Array;
  /** Longest step along each axis. */
  readonly reach: Triple;
}

/** Longest step along the finest axis of a large grid, in voxels. */
const LONGEST_STEP = 10;

/** The neighbourhood of a voxel on a grid of the given sides: no longer than the sides, and small on a small grid. */
export function neighbourhoodOf(sides: Triple, spacingMm: Triple): Neighbourhood {
  const longest = Math.min(LONGEST_STEP, 1 + Math.floor(Math.cbrt(voxelCountOf(sides)) / 8));
  const along = (axis: number) => {
    const steps = Math.min(longest, sides[axis] - 1);
    return Array.from({ length: 2 * steps + 1 }, (_, n) => n - steps);
  };
  // A longer step may be as long as one that is left out.
  const limitMm = Math.min(
    ...sides.map((side, axis) => (side > longest + 1 ? (longest + 1) * spacingMm[axis] : Infinity)),
  );
  const found: Triple[] = [];
  const lengths: number[] = [];
  for (const d of along(0))
    for (const h of along(1))
      for (const w of along(2)) {
        const length = lengthOf([d, h, w], spacingMm);
        if (length >= limitMm) continue;
        found.push([d, h, w]);
        lengths.push(length);
      }
  const order = Uint16Array.from(lengths.keys()).sort((first, second) => lengths[first] - lengths[second]);
  const reachOf = (axis: number) => found.reduce((most, step) => Math.max(most, step[axis]), 0);
  return {
    steps: Array.from(order, (n) => found[n]),
    lengthsMm: Float64Array.from(order, (n) => lengths[n]),
    reach: [reachOf(0), reachOf(1), reachOf(2)],
  };
}

/** Length of a step; summed as the distance transform sums it, so that equal distances are equal numbers. */
function lengthOf([d, h, w]: Triple, spacingMm: Triple): number {
  const [down, across, along] = [d * spacingMm[0], h * spacingMm[1], w * spacingMm[2]];
  return Math.sqrt(along * along + across * across + down * down);
}

/** Voxels marked by bits. */
export interface MarkedVoxels {
  readonly marks: Uint8Array;
  /** [D, H, W] */
  readonly shape: Triple;
  readonly nearby: Neighbourhood;
}

/** How many voxels are looked at, for each voxel of the grid, before the rest of the queries is left to others. */
const PATIENCE = 4;

/**
 * Finds the nearest target of each query that has one in its neighbourhood, and hands the number of the step to it to
 * `visit`; returns the numbers of the other queries.
 *
 * Shape: no query lies nearer to the grid's border than the neighbourhood reaches
 * Cost:  O(voxels) at most, far less where most targets are near
 */
export function visitNearby(
  { marks, shape, nearby }: MarkedVoxels,
  { target, queries }: { readonly target: number; readonly queries: Uint32Array },
  visit: (query: number, step: number) => void,
): Uint32Array {
  const offsets = Int32Array.from(nearby.steps, ([d, h, w]) => (d * shape[1] + h) * shape[2] + w);
  const left = new Uint32Array(queries.length);
  let count = 0;
  let patience = PATIENCE * marks.length;
  for (let query = 0; query < queries.length; query++) {
    const at = queries[query];
    let n = patience > 0 ? 0 : offsets.length;
    while (n < offsets.length && (marks[at + offsets[n]] & target) === 0) n++;
    if (n < offsets.length) visit(query, n);
    else left[count++] = query;
    patience -= n;
  }
  return left.slice(0, count);
}
