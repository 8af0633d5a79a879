import type { MethodComparison } from "../../evaluate/statistics/compare-methods.ts";
import { type ClassResult, type MetricResults, SIGNIFICANT } from "../analysis/metric-results.ts";

/** p values below which a difference has so many stars. */
const stars = [
  { below: 0.001, mark: "***" },
  { below: 0.01, mark: "**" },
  { below: SIGNIFICANT, mark: "*" },
];

/** Whether a mean differs from the baseline's, and whether it could be the best. */
export function marksOf(results: MetricResults, { label, method, isBest }: ClassResult): string {
  const baseline = comparisonOf(results.againstBaseline, { label, method });
  const best = comparisonOf(results.againstBest, { label, method });
  const isLikeBest = !isBest && best !== undefined && isTie(best);
  return `${baseline === undefined ? "" : baselineMark(baseline, results)}${isLikeBest ? "†" : ""}`;
}

/** What the marks mean. */
export function marksNotes(baseline: string): readonly string[] {
  return [
    `Stars: different from the baseline (${baseline}), + better, − worse: * p < 0.05, ** p < 0.01, *** p < 0.001; two-sided ` +
      "Wilcoxon signed-rank test on the cases that both have (patients' means), Holm-adjusted over all methods and " +
      "classes of the data set and metric.",
    "Bold: best mean of the class. †: not significantly different from it (same test, Holm-adjusted over all methods " +
      `and classes; the best was chosen on the same cases). With fewer than ${FEWEST_PATIENTS} patients no difference could be ` +
      "significant, and nothing is marked.",
  ];
}

/** Patients from which on a test can find a difference at all: 2 of 2^6 signs are fewer than one in 20. */
const FEWEST_PATIENTS = 6;

/** No difference was found where one could have been. */
function isTie({ wilcoxon, patients }: MethodComparison): boolean {
  return patients >= FEWEST_PATIENTS && wilcoxon.holmPValue >= SIGNIFICANT;
}

function comparisonOf(
  comparisons: readonly MethodComparison[],
  { label, method }: { readonly label: string; readonly method: string },
): MethodComparison | undefined {
  return comparisons.find((each) => each.label === label && each.first === method);
}

function baselineMark({ wilcoxon, effects }: MethodComparison, { metric }: MetricResults): string {
  const found = stars.find(({ below }) => wilcoxon.holmPValue < below);
  if (found === undefined) return "";
  const isBetter = effects.rankBiserial > 0 === (metric.better === "higher");
  return `${isBetter ? "+" : "−"}${found.mark}`;
}
