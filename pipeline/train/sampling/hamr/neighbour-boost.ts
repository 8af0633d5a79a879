/** How neighbours of hard patches are found. */
export interface NeighbourBoostOptions {
  /** Share of all items, the hardest, whose neighbours are boosted. */
  readonly hardShare: number;
  /** Neighbours of each. */
  readonly neighbours: number;
}

/**
 * How often each item is among the nearest neighbours, by the cosine of their features, of the hardest ones, as a share of the
 * most often met.
 *
 * Shape:  difficulty of n items, features [n, width] -> [n], between 0 and 1
 * Empty:  items without features (all 0) are nobody's neighbours; 0 everywhere when none has any
 * Cost:   O(hard items x items x width)
 * Source: HAMR, arXiv:2604.18759
 */
export function neighbourBoost(
  difficulty: Float32Array,
  { features, width }: { readonly features: Float32Array; readonly width: number },
  { hardShare, neighbours }: NeighbourBoostOptions,
): Float32Array<ArrayBuffer> {
  const lengths = Float64Array.from(difficulty, (_, n) => lengthOf(rowOf(features, n, width)));
  const known = [...difficulty.keys()].filter((n) => lengths[n] > 0);
  const hardest = [...known]
    .sort((first, second) => difficulty[second] - difficulty[first] || first - second)
    .slice(0, Math.ceil(hardShare * known.length));
  const hits = new Float32Array(difficulty.length);
  for (const seed of hardest) {
    const own = rowOf(features, seed, width);
    const likeness = known
      .filter((n) => n !== seed)
      .map((n) => ({ n, cosine: product(own, rowOf(features, n, width)) / (lengths[seed] * lengths[n]) }));
    likeness.sort((first, second) => second.cosine - first.cosine || first.n - second.n);
    for (const { n } of likeness.slice(0, neighbours)) hits[n]++;
  }
  const most = hits.reduce((greatest, count) => Math.max(greatest, count), 0);
  return most === 0 ? hits : hits.map((count) => count / most);
}

function rowOf(features: Float32Array, n: number, width: number): Float32Array {
  return features.subarray(n * width, (n + 1) * width);
}

function lengthOf(row: Float32Array): number {
  return Math.sqrt(product(row, row));
}

function product(first: Float32Array, second: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < first.length; k++) sum += first[k] * second[k];
  return sum;
}
