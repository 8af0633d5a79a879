import { averageRanks } from "./ranks.ts";

/** Ranks up to which the exact distribution is made: a few milliseconds. */
export const MOST_EXACT_RANKS = 100;

/** What is done with pairs that do not differ: left out before ranking, or ranked and then left out. */
export type ZeroRule = "wilcox" | "pratt";

/** The ranks of the pairs that differ, and their sums by sign. */
export interface SignedRanks {
  readonly ranks: readonly number[];
  readonly positiveSum: number;
  readonly negativeSum: number;
}

/** Ranks the sizes of paired differences, equal sizes sharing their mean rank, and sums them by sign. */
export function signedRanks(differences: readonly number[], zeros: ZeroRule): SignedRanks {
  const ranked = zeros === "pratt" ? differences : differences.filter((difference) => difference !== 0);
  const all = averageRanks(ranked.map(Math.abs));
  const sumOf = (wanted: (difference: number) => boolean) =>
    all.reduce((sum, rank, index) => (wanted(ranked[index]) ? sum + rank : sum), 0);
  return {
    ranks: all.filter((_, index) => ranked[index] !== 0),
    positiveSum: sumOf((difference) => difference > 0),
    negativeSum: sumOf((difference) => difference < 0),
  };
}

/**
 * Chance of each sum of positive ranks when every sign is a fair coin: entry s is that of the sum s / 2.
 *
 * Exact with ties too, for the ranks given: halves become whole when doubled.
 *
 * Cost:   O(n^3) for n ranks
 */
export function rankSumChances(ranks: readonly number[]): Float64Array {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const chances = new Float64Array(doubled.reduce((sum, rank) => sum + rank, 0) + 1);
  chances[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) chances[sum] = (chances[sum] + (sum < rank ? 0 : chances[sum - rank])) / 2;
  }
  return chances;
}
