import type { Metric } from "../../evaluate/metrics/metric.ts";
import { type BootstrapInterval, bootstrapInterval } from "../../evaluate/statistics/bootstrap.ts";
import { meanOverCases, type PatientOf, valuesByPatient } from "../../evaluate/statistics/by-patient.ts";
import { compareMethods, type MethodComparison } from "../../evaluate/statistics/compare-methods.ts";
import { type Description, describe } from "../../evaluate/statistics/describe.ts";
import { badnessOf } from "../../evaluate/statistics/direction.ts";
import { holmAdjusted } from "../../evaluate/statistics/holm.ts";
import type { MethodScore } from "../../evaluate/statistics/method-scores.ts";
import type { Random } from "../../volume/random.ts";

/** What one metric says of all classes and methods. */
export interface MetricResults {
  readonly metric: Metric;
  readonly rows: readonly ClassResult[];
  /** Every other method with the baseline; the p values are adjusted over all of these. */
  readonly againstBaseline: readonly MethodComparison[];
  /** Every other method with the one of the best mean in the class; adjusted over all of these. */
  readonly againstBest: readonly MethodComparison[];
}

/** What a method came to in a class. */
export interface ClassResult {
  readonly label: string;
  readonly method: string;
  readonly mean: BootstrapInterval;
  readonly description: Description;
  /** Defined scores that count as failed. */
  readonly failed: number;
  /** Whether no method has a better mean. */
  readonly isBest: boolean;
}

/** How results are made. */
export interface AnalysisOptions {
  readonly baseline: string;
  /** Draws of each bootstrap. */
  readonly resamples: number;
  readonly random: Random;
}

/** Dice below which a class counts as missed. */
export const FAILURE_BELOW = 0.1;

/** Chance of a false alarm below which a difference counts. */
export const SIGNIFICANT = 0.05;

/** Means with intervals by patient, and comparisons on the same cases; `scores` are of this metric alone. */
export function metricResults(
  metric: Metric,
  scores: readonly MethodScore[],
  { baseline, patientOf, resamples, random }: AnalysisOptions & { readonly patientOf: PatientOf },
): MetricResults {
  const labels = [...new Set(scores.map(({ label }) => label))];
  const methods = [...new Set(scores.map(({ method }) => method))];
  const rows = labels.flatMap((label) => {
    const means = methods.map((method) => {
      const own = scores.filter((score) => score.label === label && score.method === method);
      const mean = bootstrapInterval(valuesByPatient(own, patientOf), meanOverCases, {
        resamples,
        random: random.fork(JSON.stringify([label, method])),
      });
      const values = own.map(({ value }) => value);
      const failed = values.filter((value) => value < FAILURE_BELOW).length;
      return { label, method, mean, description: describe(values), failed };
    });
    return withBest(means, metric);
  });
  const options = { patientOf, resamples, unpaired: "drop" as const, random };
  return {
    metric,
    rows,
    againstBaseline: methods.includes(baseline) ? compareMethods(scores, { ...options, baseline }) : [],
    againstBest: comparedWithBest(scores, { rows, options }),
  };
}

function withBest(rows: readonly Omit<ClassResult, "isBest">[], { better }: Metric): readonly ClassResult[] {
  const badness = rows.map(({ mean }) => badnessOf(better)(mean.value));
  const least = Math.min(...badness.filter((value) => !Number.isNaN(value)));
  return rows.map((row, index) => ({ ...row, isBest: badness[index] === least }));
}

interface BestOptions {
  readonly rows: readonly ClassResult[];
  readonly options: Omit<Parameters<typeof compareMethods>[1], "baseline">;
}

/** The best method differs from class to class, so the classes are compared one by one and adjusted together. */
function comparedWithBest(scores: readonly MethodScore[], { rows, options }: BestOptions): readonly MethodComparison[] {
  const found = [...new Set(rows.map(({ label }) => label))].flatMap((label) => {
    const best = rows.find((row) => row.label === label && row.isBest)?.method;
    const own = scores.filter((score) => score.label === label);
    return best === undefined ? [] : compareMethods(own, { ...options, baseline: best });
  });
  const byRanks = holmAdjusted(found.map(({ wilcoxon }) => wilcoxon.pValue));
  const bySigns = holmAdjusted(found.map(({ permutation }) => permutation.pValue));
  return found.map((each, index) => ({
    ...each,
    wilcoxon: { ...each.wilcoxon, holmPValue: byRanks[index] },
    permutation: { ...each.permutation, holmPValue: bySigns[index] },
  }));
}
