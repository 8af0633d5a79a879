/** How much of a surface lies how far from another one. */
export interface DistanceTally {
  /** Distinct, ascending, in mm. */
  readonly distances: Float64Array;
  /** Of each distance: boundary voxels, or area in mm². */
  readonly weights: Float64Array;
}

/** Sorts what was gathered by distance. */
export function tallyOf(weights: ReadonlyMap<number, number>): DistanceTally {
  const distances = Float64Array.from(weights.keys()).sort();
  return { distances, weights: distances.map((distance) => weights.get(distance) ?? 0) };
}

/** Two tallies as one. */
export function pooled(first: DistanceTally, second: DistanceTally): DistanceTally {
  const weights = new Map<number, number>();
  for (const tally of [first, second])
    tally.distances.forEach((distance, n) => {
      weights.set(distance, (weights.get(distance) ?? 0) + tally.weights[n]);
    });
  return tallyOf(weights);
}

/** All of a surface: its number of boundary voxels, or its area in mm². */
export function totalOf({ weights }: DistanceTally): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** Mean distance. Empty: NaN. */
export function meanDistance(tally: DistanceTally): number {
  return tally.distances.reduce((sum, distance, n) => sum + distance * tally.weights[n], 0) / totalOf(tally);
}

/** Headers hold spacings in single precision: a distance that is too long by no more than this share is not too long. */
const SPACING_PRECISION = 1e-6;

/** How much of the surface lies at most so far away. */
export function within({ distances, weights }: DistanceTally, toleranceMm: number): number {
  const limitMm = toleranceMm * (1 + SPACING_PRECISION);
  return weights.reduce((sum, weight, n) => (distances[n] <= limitMm ? sum + weight : sum), 0);
}

/**
 * Percentile of the distances of boundary voxels, interpolated between the two nearest ranks.
 *
 * Empty:  NaN
 * Source: numpy.percentile, method "linear"
 */
export function countedPercentile({ distances, weights }: DistanceTally, percent: number): number {
  const position = (totalOf({ distances, weights }) - 1) * (percent / 100);
  const rank = Math.floor(position);
  const low = atRank(rank);
  const part = position - rank;
  return part === 0 ? low : low + (atRank(rank + 1) - low) * part;

  function atRank(wanted: number): number {
    let below = 0;
    for (let n = 0; n < distances.length; n++) {
      below += weights[n];
      if (wanted < below) return distances[n];
    }
    return Number.NaN;
  }
}

/**
 * Smallest distance within which a share of the area lies.
 *
 * Empty:  NaN
 * Source: `surface-distance` of Google DeepMind, `compute_robust_hausdorff`
 */
export function areaPercentile(tally: DistanceTally, percent: number): number {
  const { distances, weights } = tally;
  if (distances.length === 0) return Number.NaN;
  const total = totalOf(tally);
  let below = 0;
  for (let n = 0; n < distances.length; n++) {
    below += weights[n];
    if (below / total >= percent / 100) return distances[n];
  }
  return distances[distances.length - 1];
}
