import { definedOf, meanOf, sdOf } from "./describe.ts";
import { logGamma } from "./distributions.ts";
import { type HodgesLehmann, hodgesLehmann } from "./hodges-lehmann.ts";
import { averageRanks } from "./ranks.ts";
import { signedRanks } from "./signed-ranks.ts";

/** How much two methods differ, in the ways that papers say it. */
export interface EffectSizes {
  readonly cohensDz: number;
  readonly hedgesGz: number;
  readonly rankBiserial: number;
  readonly cliffsDelta: number;
  readonly varghaDelaneyA: number;
  readonly hodgesLehmann: HodgesLehmann;
}

/** All effect sizes of pairs; a pair with a NaN is left out. */
export function effectSizes(
  pairs: readonly { readonly first: number; readonly second: number }[],
  { level = 0.95 }: { readonly level?: number | undefined } = {},
): EffectSizes {
  const defined = pairs.filter(({ first, second }) => !Number.isNaN(first - second));
  const differences = defined.map(({ first, second }) => first - second);
  const delta = cliffsDelta(
    defined.map(({ first }) => first),
    defined.map(({ second }) => second),
  );
  return {
    cohensDz: cohensDz(differences),
    hedgesGz: hedgesGz(differences),
    rankBiserial: rankBiserial(differences),
    cliffsDelta: delta,
    varghaDelaneyA: (delta + 1) / 2,
    hodgesLehmann: hodgesLehmann(differences, { level }),
  };
}

/**
 * Mean of paired differences in units of their standard deviation.
 *
 * Empty:  fewer than two differences give NaN; equal ones 0 where they are 0, else an infinity
 * Source: Cohen 1988, Statistical Power Analysis, 2.3.5 (dz)
 */
export function cohensDz(differences: readonly number[]): number {
  const defined = definedOf(differences);
  const mean = meanOf(defined);
  return mean === 0 && defined.length > 1 ? 0 : mean / sdOf(defined);
}

/**
 * Cohen's dz without its bias in small samples, by the exact factor for n - 1 degrees of freedom.
 *
 * Empty:  as `cohensDz`
 * Source: Hedges 1981, doi:10.3102/10769986006002107
 */
export function hedgesGz(differences: readonly number[]): number {
  const freedom = definedOf(differences).length - 1;
  if (freedom < 2) return Number.NaN;
  const factor = Math.exp(logGamma(freedom / 2) - logGamma((freedom - 1) / 2)) / Math.sqrt(freedom / 2);
  return cohensDz(differences) * factor;
}

/**
 * Matched-pairs rank-biserial correlation: rank sum above 0 less that below, over both; zeros left out.
 *
 * Empty:  no difference but 0 gives 0, none at all NaN
 * Source: Kerby 2014, doi:10.2466/11.IT.3.1
 */
export function rankBiserial(differences: readonly number[]): number {
  const defined = definedOf(differences);
  const { positiveSum, negativeSum } = signedRanks(defined, "wilcox");
  if (positiveSum + negativeSum === 0) return defined.length === 0 ? Number.NaN : 0;
  return (positiveSum - negativeSum) / (positiveSum + negativeSum);
}

/**
 * Chance that a value of the first set is greater than one of the second, less the chance that it is smaller.
 *
 * Empty:  NaN is left out; an empty set gives NaN
 * Source: Cliff 1993, doi:10.1037/0033-2909.114.3.494
 */
export function cliffsDelta(first: readonly number[], second: readonly number[]): number {
  return 2 * varghaDelaneyA(first, second) - 1;
}

/**
 * Chance that a value of the first set is greater than one of the second, ties counting half.
 *
 * Empty:  NaN is left out; an empty set gives NaN
 * Source: Vargha and Delaney 2000, doi:10.3102/10769986025002101
 */
export function varghaDelaneyA(first: readonly number[], second: readonly number[]): number {
  const [own, other] = [definedOf(first), definedOf(second)];
  const ranks = averageRanks([...own, ...other]);
  const rankSum = own.reduce((sum, _, index) => sum + ranks[index], 0);
  // Rank sum less that of the set alone: how often it wins, ties half (Mann and Whitney's U).
  return (rankSum - (own.length * (own.length + 1)) / 2) / (own.length * other.length);
}
