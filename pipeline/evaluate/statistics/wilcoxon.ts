import { definedOf } from "./describe.ts";
import { normalBelow } from "./distributions.ts";
import { MOST_EXACT_RANKS, rankSumChances, type SignedRanks, signedRanks, type ZeroRule } from "./signed-ranks.ts";

/** Which differences speak against chance: any, those above 0 or those below. */
export type Alternative = "two-sided" | "greater" | "less";

/** How the test is made. */
export interface WilcoxonOptions {
  /** "wilcox" unless said. */
  readonly zeros?: ZeroRule | undefined;
  readonly alternative?: Alternative | undefined;
  /** "exact" up to 100 pairs that differ, "normal" beyond, unless said. */
  readonly method?: "exact" | "normal" | undefined;
}

/** What the test found. */
export interface WilcoxonResult {
  /** Pairs that differ: the ones that count. */
  readonly count: number;
  /** Pairs that do not. */
  readonly zeroCount: number;
  /** Sum of the ranks of differences above 0, and below. */
  readonly positiveSum: number;
  readonly negativeSum: number;
  readonly pValue: number;
  readonly method: "exact" | "normal";
}

/**
 * Wilcoxon's signed-rank test of paired differences.
 *
 * The exact distribution is that of all signs of the ranks at hand, so it holds with ties and zeros too, where R and
 * SciPy turn to the normal one; that has the variance of those ranks (the tie correction) and a continuity correction
 * of 1/2.
 * Differences tie when they are equal to the last bit.
 *
 * Empty:  NaN is left out; no pair that differs gives a p of 1, no pair at all NaN
 * Source: Wilcoxon 1945, doi:10.2307/3001968; Pratt 1959, doi:10.1080/01621459.1959.10501526
 */
export function wilcoxon(
  differences: readonly number[],
  { zeros = "wilcox", alternative = "two-sided", method }: WilcoxonOptions = {},
): WilcoxonResult {
  const defined = definedOf(differences);
  const signed = signedRanks(defined, zeros);
  const count = signed.ranks.length;
  const used = method ?? (count <= MOST_EXACT_RANKS ? "exact" : "normal");
  const tails = used === "exact" ? exactTails(signed) : normalTails(signed, alternative);
  return {
    count,
    zeroCount: defined.length - count,
    positiveSum: signed.positiveSum,
    negativeSum: signed.negativeSum,
    pValue: defined.length === 0 ? Number.NaN : count === 0 ? 1 : pValueOf(tails, alternative),
    method: used,
  };
}

/** Chance of a sum of positive ranks as small as the one found, and as great. */
interface Tails {
  readonly below: number;
  readonly above: number;
}

function pValueOf({ below, above }: Tails, alternative: Alternative): number {
  if (alternative === "greater") return above;
  if (alternative === "less") return below;
  return Math.min(1, 2 * Math.min(below, above));
}

function exactTails({ ranks, positiveSum }: SignedRanks): Tails {
  const chances = rankSumChances(ranks);
  const found = Math.round(2 * positiveSum);
  const sumOf = (from: number, to: number) => chances.subarray(from, to).reduce((sum, chance) => sum + chance, 0);
  return { below: sumOf(0, found + 1), above: sumOf(found, chances.length) };
}

function normalTails({ ranks, positiveSum }: SignedRanks, alternative: Alternative): Tails {
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const sd = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4);
  const distance = positiveSum - mean;
  // Half a step towards the middle, of two sides never across it.
  const step = alternative === "two-sided" ? Math.min(0.5, Math.abs(distance)) * Math.sign(distance) : undefined;
  return {
    below: normalBelow((distance + (step === undefined ? 0.5 : -step)) / sd),
    above: normalBelow(-(distance - (step ?? 0.5)) / sd),
  };
}
