import type { Random } from "../../volume/random.ts";
import { meanOverCases } from "./by-patient.ts";
import { definedOf } from "./describe.ts";
import type { Alternative } from "./wilcoxon.ts";

/** How the test is made. */
export interface PermutationOptions {
  readonly alternative?: Alternative | undefined;
  /** Draws where there are too many signs to try them all; 10,000 unless said. */
  readonly resamples?: number | undefined;
  readonly random: Random;
}

/** What the test found. */
export interface PermutationResult {
  readonly patients: number;
  readonly meanDifference: number;
  readonly pValue: number;
  /** "exact" where all signs were tried. */
  readonly method: "exact" | "monte-carlo";
}

/** Patients up to which all signs are tried: 16,384 of them. */
const MOST_EXACT = 14;

/** Sums that differ by less than this share of the largest one possible are equal but for rounding. */
const ROUNDING = 1e-12;

/**
 * Sign-flip permutation test of a mean paired difference, the differences of a patient's cases flipped together.
 *
 * p is the share of sign patterns with a mean at least as far out; of m drawn patterns (b + 1) / (m + 1).
 *
 * Empty:  NaN is left out, and a patient that has nothing else; no difference at all gives NaN
 * Source: Fisher 1935, The Design of Experiments, section 21; Phipson and Smyth 2010, doi:10.2202/1544-6115.1585
 */
export function permutationTest(
  patients: readonly (readonly number[])[],
  { alternative = "two-sided", resamples = 10_000, random }: PermutationOptions,
): PermutationResult {
  const defined = patients.map(definedOf).filter(({ length }) => length > 0);
  const sums = defined.map((differences) => differences.reduce((sum, difference) => sum + difference, 0));
  const isAsFar = farnessOf(sums, alternative);
  const isExact = sums.length <= MOST_EXACT;
  const pValue = isExact ? exactShare(sums, isAsFar) : drawnShare(sums, { isAsFar, resamples, random });
  return {
    patients: sums.length,
    meanDifference: meanOverCases(defined),
    pValue: sums.length === 0 ? Number.NaN : pValue,
    method: isExact ? "exact" : "monte-carlo",
  };
}

type IsAsFar = (sum: number) => boolean;

/** Whether a sum is at least as far out as the one found. */
function farnessOf(sums: readonly number[], alternative: Alternative): IsAsFar {
  const found = sums.reduce((total, sum) => total + sum, 0);
  const slack = ROUNDING * sums.reduce((total, sum) => total + Math.abs(sum), 0);
  if (alternative === "greater") return (sum) => sum >= found - slack;
  if (alternative === "less") return (sum) => sum <= found + slack;
  return (sum) => Math.abs(sum) >= Math.abs(found) - slack;
}

function exactShare(sums: readonly number[], isAsFar: IsAsFar): number {
  const patterns = 2 ** sums.length;
  let asFar = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    const sum = sums.reduce((total, each, bit) => ((pattern >> bit) & 1 ? total - each : total + each), 0);
    if (isAsFar(sum)) asFar++;
  }
  return asFar / patterns;
}

function drawnShare(
  sums: readonly number[],
  { isAsFar, resamples, random }: { readonly isAsFar: IsAsFar; readonly resamples: number; readonly random: Random },
): number {
  let asFar = 0;
  for (let draw = 0; draw < resamples; draw++) if (isAsFar(sumOfDrawnSigns(sums, random))) asFar++;
  return (asFar + 1) / (resamples + 1);
}

/** Coins in one draw of randomness. */
const BITS = 32;

function sumOfDrawnSigns(sums: readonly number[], { uniform }: Random): number {
  let total = 0;
  for (let start = 0; start < sums.length; start += BITS) {
    const stop = Math.min(sums.length, start + BITS);
    let coins = (uniform() * 2 ** BITS) | 0;
    for (let index = start; index < stop; index++) {
      total += coins & 1 ? -sums[index] : sums[index];
      coins >>= 1;
    }
  }
  return total;
}
