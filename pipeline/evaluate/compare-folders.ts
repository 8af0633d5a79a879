import type { Random } from "../volume/random.ts";
import type { MethodEvaluation, MetricComparison } from "./evaluation.ts";
import type { Metric } from "./metrics/metric.ts";
import type { PatientOf } from "./statistics/by-patient.ts";
import { compareMethods } from "./statistics/compare-methods.ts";
import { rankMethods } from "./statistics/ranking.ts";

/** How folders are compared. */
export interface CompareFoldersOptions {
  readonly metrics: readonly Metric[];
  readonly patientOf: PatientOf;
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  /** As `summarise` has it. */
  readonly between?: (() => Promise<void>) | undefined;
}

/**
 * Compares folders, each with each, by every metric that is better one way, and ranks more than two of them.
 *
 * Cases that one of them lacks are dropped from its comparisons, which say so. p values are adjusted over the classes and
 * couples of one metric.
 */
export async function compareFolders(
  methods: readonly MethodEvaluation[],
  { metrics, random, between, ...options }: CompareFoldersOptions,
): Promise<readonly MetricComparison[]> {
  if (methods.length < 2) return [];
  const found: MetricComparison[] = [];
  for (const { key, better } of metrics) {
    if (better !== "higher" && better !== "lower") continue;
    await between?.();
    const scores = methods.flatMap(({ name, scores }) =>
      scores.filter(({ metric }) => metric === key).map((score) => ({ ...score, method: name })),
    );
    const common = { ...options, unpaired: "drop" as const, random: random.fork(key) };
    found.push({
      metric: key,
      comparisons: compareMethods(scores, common),
      ...(methods.length > 2 ? { ranking: rankMethods(scores, { ...common, better }) } : {}),
    });
  }
  return found;
}
