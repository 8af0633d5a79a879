import { ConfigError } from "../../volume/errors.ts";
import type { Random } from "../../volume/random.ts";
import { type BootstrapInterval, bootstrapInterval } from "./bootstrap.ts";
import { casePerPatient, meanOverCases, type PatientOf } from "./by-patient.ts";
import { meanOf } from "./describe.ts";
import { type EffectSizes, effectSizes } from "./effect-size.ts";
import { groupedBy } from "./grouped.ts";
import { holmAdjusted } from "./holm.ts";
import { type ClassTable, classTables, type MethodScore, pairedScores, type UnpairedRule } from "./method-scores.ts";
import { type PermutationResult, permutationTest } from "./permutation.ts";
import type { ZeroRule } from "./signed-ranks.ts";
import { type WilcoxonResult, wilcoxon } from "./wilcoxon.ts";

/** What is compared, and how. */
export interface CompareOptions {
  /** Compares each other method with this one, instead of each with each. */
  readonly baseline?: string | undefined;
  /** The patient of a case: the unit of every draw and test; each case its own unless said. */
  readonly patientOf?: PatientOf | undefined;
  /** "refuse" unless said. */
  readonly unpaired?: UnpairedRule | undefined;
  readonly zeros?: ZeroRule | undefined;
  readonly level?: number | undefined;
  /** Draws of the bootstrap, and of the permutation test where it cannot try all signs. */
  readonly resamples?: number | undefined;
  readonly permutations?: number | undefined;
  readonly random: Random;
}

/** A p value adjusted for all comparisons of the same call. */
interface Adjusted {
  readonly holmPValue: number;
}

/** Two methods on the same cases of one class. */
export interface MethodComparison {
  readonly label: string;
  readonly first: string;
  readonly second: string;
  /** Cases of which the scores have a difference. */
  readonly pairs: number;
  readonly patients: number;
  /** Cases that only one method was scored on. */
  readonly unpairedCases: readonly string[];
  /** Cases of which a score is NaN, or both are infinite. */
  readonly undefinedCases: readonly string[];
  /** First less second, mean over cases. */
  readonly meanDifference: BootstrapInterval;
  /** Of the patients' mean differences. */
  readonly wilcoxon: WilcoxonResult & Adjusted;
  readonly permutation: PermutationResult & Adjusted;
  /** Of the patients' mean scores. */
  readonly effects: EffectSizes;
}

/**
 * Compares methods class by class on the same cases, patients as units.
 *
 * The p values of either test are adjusted over all comparisons of one call. The draws of a comparison depend on the
 * seed, the class and the two methods alone.
 *
 * Empty:  no pair gives NaN
 * Errors: ConfigError E_ONE_METRIC, E_TWICE, E_UNPAIRED, E_LEVEL; E_BASELINE for a method without scores
 */
export function compareMethods(scores: readonly MethodScore[], options: CompareOptions): readonly MethodComparison[] {
  const tables = classTables(scores);
  const couples = couplesOf([...new Set(scores.map(({ method }) => method))], options.baseline);
  const found = tables.flatMap((table) => couples.map((couple) => compared(table, couple, options)));
  const byRanks = holmAdjusted(found.map(({ wilcoxon: { pValue } }) => pValue));
  const bySigns = holmAdjusted(found.map(({ permutation: { pValue } }) => pValue));
  return found.map((each, index) => ({
    ...each,
    wilcoxon: { ...each.wilcoxon, holmPValue: byRanks[index] },
    permutation: { ...each.permutation, holmPValue: bySigns[index] },
  }));
}

type Couple = readonly [first: string, second: string];

function couplesOf(methods: readonly string[], baseline: string | undefined): readonly Couple[] {
  if (baseline === undefined)
    return methods.flatMap((first, index) => methods.slice(index + 1).map((second) => [first, second] as const));
  if (!methods.includes(baseline))
    throw new ConfigError({
      code: "E_BASELINE",
      where: "baseline",
      expected: `one of ${methods.join(", ")}`,
      got: baseline,
      next: "Name a method that has scores",
    });
  return methods.filter((method) => method !== baseline).map((method) => [method, baseline] as const);
}

type Unadjusted = Omit<MethodComparison, "wilcoxon" | "permutation"> & {
  readonly wilcoxon: WilcoxonResult;
  readonly permutation: PermutationResult;
};

function compared(table: ClassTable, [first, second]: Couple, options: CompareOptions): Unadjusted {
  const { patientOf = casePerPatient, unpaired = "refuse", zeros, level, resamples, permutations } = options;
  const { cases, dropped } = pairedScores(table, { methods: [first, second], unpaired });
  const pairs = cases.map(({ case: name, values }) => ({ case: name, first: values[0], second: values[1] }));
  const patients = [...groupedBy(pairs.filter(isDefined), (pair) => patientOf(pair.case)).values()];
  const differences = patients.map((own) => own.map((pair) => pair.first - pair.second));
  const random = options.random.fork(JSON.stringify([table.label, first, second]));
  return {
    label: table.label,
    first,
    second,
    pairs: differences.flat().length,
    patients: patients.length,
    unpairedCases: dropped,
    undefinedCases: pairs.filter((pair) => !isDefined(pair)).map((pair) => pair.case),
    meanDifference: bootstrapInterval(differences, meanOverCases, {
      level,
      resamples,
      random: random.fork("bootstrap"),
    }),
    wilcoxon: wilcoxon(differences.map(meanOf), { zeros }),
    permutation: permutationTest(differences, { resamples: permutations, random: random.fork("permutation") }),
    effects: effectSizes(patients.map(meanPair), { level }),
  };
}

interface Pair {
  readonly first: number;
  readonly second: number;
}

/** Whether a pair has a difference: two infinite distances have none. */
function isDefined({ first, second }: Pair): boolean {
  return !Number.isNaN(first - second);
}

function meanPair(pairs: readonly Pair[]): Pair {
  return { first: meanOf(pairs.map(({ first }) => first)), second: meanOf(pairs.map(({ second }) => second)) };
}
