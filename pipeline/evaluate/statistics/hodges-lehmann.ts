import { definedOf, quantileOfSorted } from "./describe.ts";
import { normalQuantile } from "./distributions.ts";
import { tailsOf } from "./level.ts";
import { MOST_EXACT_RANKS, rankSumChances } from "./signed-ranks.ts";

/** By how much paired values are shifted. */
export interface HodgesLehmann {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Median of the means of all pairs of differences, each with itself too, and the interval that inverts Wilcoxon's test.
 *
 * The ends are means of pairs, counted off by the distribution without ties: with ties the interval is no narrower than
 * its level. With too few differences for the level, the least and the greatest.
 *
 * Empty:  NaN is left out; no difference gives NaN
 * Errors: ConfigError E_LEVEL
 * Cost:   O(n^2 log n) for n differences
 * Source: Hodges and Lehmann 1963, doi:10.1214/aoms/1177704172; the ends of R's wilcox.test(conf.int = TRUE), exact
 */
export function hodgesLehmann(
  differences: readonly number[],
  { level = 0.95 }: { readonly level?: number | undefined } = {},
): HodgesLehmann {
  const means = pairMeans(definedOf(differences));
  const skipped = skippedMeans(definedOf(differences).length, tailsOf(level)[0]);
  return {
    shift: quantileOfSorted(means, 0.5),
    low: means[skipped] ?? Number.NaN,
    high: means[means.length - 1 - skipped] ?? Number.NaN,
  };
}

/** Means of all pairs, each value with itself too (Walsh averages), in ascending order. */
function pairMeans(values: readonly number[]): Float64Array {
  const means = new Float64Array((values.length * (values.length + 1)) / 2);
  let at = 0;
  for (let i = 0; i < values.length; i++)
    for (let j = i; j < values.length; j++) means[at++] = (values[i] + values[j]) / 2;
  return means.sort();
}

/** How many pair means lie beyond an end: one less than the first rank sum whose lower tail reaches the given one. */
function skippedMeans(count: number, tail: number): number {
  if (count > MOST_EXACT_RANKS) {
    const mean = (count * (count + 1)) / 4;
    const sd = Math.sqrt((mean * (2 * count + 1)) / 6);
    return Math.max(0, Math.ceil(mean + normalQuantile(tail) * sd - 0.5) - 1);
  }
  const chances = rankSumChances(Array.from({ length: count }, (_, index) => index + 1));
  let sum = 0;
  // Sums of whole ranks stand at even entries.
  for (let below = chances[0]; below < tail; below += chances[2 * sum]) sum++;
  return Math.max(0, sum - 1);
}
