import type { Triple } from "../../pipeline/volume/affine.ts";
import type { DrawnPair } from "./scored-masks.ts";

/** Surface distances from their definitions: every point of one surface against every point of the other. */
export interface SlowSurface {
  /** Of each point, where it lies in mm and what it counts. */
  readonly places: readonly Triple[];
  readonly weights: readonly number[];
}

/** Whether a place is inside a mask; outside the grid nothing is. */
type Inside = (d: number, h: number, w: number) => boolean;

function insideOf(mask: ArrayLike<number>, [depth, height, width]: Triple): Inside {
  return (d, h, w) =>
    d >= 0 && d < depth && h >= 0 && h < height && w >= 0 && w < width && mask[(d * height + h) * width + w] === 1;
}

/** Voxels inside of which a face neighbour is outside; along an axis of one voxel there are no neighbours. */
export function slowBoundary(
  mask: ArrayLike<number>,
  { shape, spacingMm }: Omit<DrawnPair, "prediction" | "reference">,
) {
  const inside = insideOf(mask, shape);
  const faces = sideSteps(shape);
  const places: Triple[] = [];
  for (let d = 0; d < shape[0]; d++)
    for (let h = 0; h < shape[1]; h++)
      for (let w = 0; w < shape[2]; w++)
        if (inside(d, h, w) && faces.some(([x, y, z]) => !inside(d + x, h + y, w + z)))
          places.push([d * spacingMm[0], h * spacingMm[1], w * spacingMm[2]]);
  return { places, weights: places.map(() => 1) } satisfies SlowSurface;
}

/** Steps to the face neighbours; one axis of one voxel, the first, is left out. */
function sideSteps(shape: Triple): readonly Triple[] {
  const flat = shape.indexOf(1);
  return [0, 1, 2]
    .filter((axis) => axis !== flat)
    .flatMap((axis) => [-1, 1].map((step) => [0, 0, 0].with(axis, step) as unknown as Triple));
}

/** Distance from each point to the nearest of the other surface; Infinity where that has none. */
export function slowDistances(from: SlowSurface, to: SlowSurface): readonly number[] {
  return from.places.map((place) =>
    to.places.reduce((least, other) => Math.min(least, Math.hypot(...place.map((at, n) => at - other[n]))), Infinity),
  );
}

/** numpy.percentile, method "linear", of any distances. */
export function slowPercentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  const position = ((sorted.length - 1) * percent) / 100;
  const low = sorted[Math.floor(position)];
  return low + (sorted[Math.ceil(position)] - low) * (position - Math.floor(position));
}

/** What the metrics of boundary voxels come to; NaN for distances where a mask is empty. */
export function slowVoxelMetrics(pair: DrawnPair, toleranceMm: number): Readonly<Record<string, number>> {
  const [prediction, reference] = [slowBoundary(pair.prediction, pair), slowBoundary(pair.reference, pair)];
  const there = slowDistances(prediction, reference);
  const back = slowDistances(reference, prediction);
  const all = [...there, ...back];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const isDefined = there.length > 0 && back.length > 0;
  const distances = {
    hd: Math.max(...all),
    hd95: Math.max(slowPercentile(there, 95), slowPercentile(back, 95)),
    "hd95-pooled": slowPercentile(all, 95),
    assd: mean(all),
    masd: (mean(there) + mean(back)) / 2,
    "asd-from-prediction": mean(there),
    "asd-from-reference": mean(back),
  };
  return {
    ...Object.fromEntries(Object.entries(distances).map(([key, value]) => [key, isDefined ? value : Number.NaN])),
    nsd: all.filter((distance) => distance <= toleranceMm).length / all.length,
  };
}
