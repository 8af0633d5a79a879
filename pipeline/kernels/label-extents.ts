import type { Triple } from "../volume/affine.ts";
import type { Box } from "../volume/box.ts";
import type { LabelArray } from "../volume/volume.ts";

/** How many voxels a class has, and where. */
export interface LabelExtent {
  readonly voxels: number;
  readonly box: Box;
  /** Mean voxel index, [D, H, W]. */
  readonly centroid: Triple;
}

/** Running sums of one class: voxels, sum of d, h, w, then smallest and largest d, h, w. */
const FIELDS = 10;

/**
 * Size, bounding box and centroid of every class that occurs, background left out.
 *
 * Shape:  labels [D, H, W] -> class id -> extent
 * Cost:   one pass
 */
export function labelExtentsOf(labels: LabelArray, [depth, height, width]: Triple): ReadonlyMap<number, LabelExtent> {
  const sums = new Map<number, Float64Array>();
  let lastId = 0;
  let last: Float64Array | undefined;
  let i = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++, i++) {
        const id = labels[i];
        if (id === 0) continue;
        // Neighbours mostly share a class: the map is asked only where the class changes.
        if (id !== lastId || last === undefined) {
          last = sums.get(id) ?? startOf(sums, id);
          lastId = id;
        }
        addVoxel(last, d, h, w);
      }
  return new Map([...sums].map(([id, sum]) => [id, extentOf(sum)]));
}

function startOf(sums: Map<number, Float64Array>, id: number): Float64Array {
  const sum = new Float64Array(FIELDS).fill(Infinity, 4, 7).fill(-1, 7);
  sums.set(id, sum);
  return sum;
}

function addVoxel(sum: Float64Array, d: number, h: number, w: number): void {
  sum[0]++;
  sum[1] += d;
  sum[2] += h;
  sum[3] += w;
  if (d < sum[4]) sum[4] = d;
  if (h < sum[5]) sum[5] = h;
  if (w < sum[6]) sum[6] = w;
  if (d > sum[7]) sum[7] = d;
  if (h > sum[8]) sum[8] = h;
  if (w > sum[9]) sum[9] = w;
}

function extentOf(sum: Float64Array): LabelExtent {
  const [voxels, d, h, w] = sum;
  return {
    voxels,
    box: { start: [sum[4], sum[5], sum[6]], stop: [sum[7] + 1, sum[8] + 1, sum[9] + 1] },
    centroid: [d / voxels, h / voxels, w / voxels],
  };
}
