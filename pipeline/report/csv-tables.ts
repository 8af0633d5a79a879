import type { MethodComparison } from "../evaluate/statistics/compare-methods.ts";
import { csvText } from "../io/csv-text.ts";
import type { DatasetAnalysis } from "./analysis/analyse-dataset.ts";
import type { MetricResults } from "./analysis/metric-results.ts";
import type { BenchmarkResults } from "./benchmark-results.ts";

/** Every score of every run, a row each. */
export function scoresCsv({ scores }: BenchmarkResults): string {
  const columns = ["dataset", "method", "fold", "seed", "case", "patient", "class", "metric", "value"];
  return csvText(
    columns,
    scores.map((s) => [s.dataset, s.method, s.fold, s.seed, s.case, s.patient, s.label, s.metric, s.value]),
  );
}

/** How large every structure is in its reference, a row each. */
export function sizesCsv({ sizes }: BenchmarkResults): string {
  const columns = ["dataset", "case", "class", "reference_ml"];
  return csvText(
    columns,
    sizes.map((size) => [size.dataset, size.case, size.label, size.ml]),
  );
}

/** What every run cost, a row each. */
export function costsCsv({ costs }: BenchmarkResults): string {
  const columns = [
    ...["dataset", "method", "fold", "seed", "parameters", "flops_per_patch", "steps"],
    ...["training_seconds", "inference_seconds_per_case", "peak_memory_bytes"],
  ];
  return csvText(
    columns,
    costs.map((cost) => [
      ...[cost.dataset, cost.method, cost.fold, cost.seed, cost.parameters, cost.flopsPerPatch, cost.steps],
      ...[cost.trainingSeconds, cost.inferenceSecondsPerCase, cost.peakMemoryBytes],
    ]),
  );
}

/** What the cases of each class, method and metric come to, a row each. */
export function summaryCsv(analyses: readonly DatasetAnalysis[]): string {
  const columns = [
    ...["dataset", "metric", "class", "method", "cases", "undefined", "mean", "low_95", "high_95", "interval"],
    ...["sd", "median", "q1", "q3", "min", "max", "is_best"],
  ];
  const rows = analyses.flatMap(({ dataset, metrics }) =>
    metrics.flatMap(({ metric, rows }) =>
      rows.map(({ label, method, mean, description: d, isBest }) => [
        ...[dataset.name, metric.key, label, method, d.count, d.undefinedCount],
        ...[mean.value, mean.low, mean.high, mean.method, d.sd, d.median, d.q1, d.q3, d.min, d.max, isBest ? 1 : 0],
      ]),
    ),
  );
  return csvText(columns, rows);
}

/** Every comparison with the baseline and with the best, a row each. */
export function statisticsCsv(analyses: readonly DatasetAnalysis[]): string {
  const columns = [
    ...[
      "dataset",
      "metric",
      "class",
      "method",
      "reference",
      "reference_is",
      "pairs",
      "patients",
      "unpaired",
      "undefined",
    ],
    ...["mean_difference", "low_95", "high_95", "wilcoxon_p", "wilcoxon_p_holm", "permutation_p", "permutation_p_holm"],
    ...["rank_biserial", "cohens_dz", "hedges_gz", "cliffs_delta", "hodges_lehmann", "hodges_lehmann_low_95"],
    "hodges_lehmann_high_95",
  ];
  const rows = analyses.flatMap(({ dataset, metrics }) =>
    metrics.flatMap((results) => comparisonRows(results).map((row) => [dataset.name, ...row])),
  );
  return csvText(columns, rows);
}

function comparisonRows({ metric, againstBaseline, againstBest }: MetricResults) {
  return [
    ...againstBaseline.map((each) => comparisonRow(metric.key, "baseline", each)),
    ...againstBest.map((each) => comparisonRow(metric.key, "best", each)),
  ];
}

function comparisonRow(metric: string, role: "baseline" | "best", each: MethodComparison) {
  const { meanDifference, wilcoxon, permutation, effects } = each;
  return [
    ...[metric, each.label, each.first, each.second, role, each.pairs, each.patients],
    ...[each.unpairedCases.length, each.undefinedCases.length],
    ...[meanDifference.value, meanDifference.low, meanDifference.high],
    ...[wilcoxon.pValue, wilcoxon.holmPValue, permutation.pValue, permutation.holmPValue],
    ...[effects.rankBiserial, effects.cohensDz, effects.hedgesGz, effects.cliffsDelta],
    ...[effects.hodgesLehmann.shift, effects.hodgesLehmann.low, effects.hodgesLehmann.high],
  ];
}
