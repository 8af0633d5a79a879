import type { Evaluation, MetricComparison } from "../evaluation.ts";
import type { Metric } from "../metrics/metric.ts";
import type { MethodComparison } from "../statistics/compare-methods.ts";
import type { Ranking } from "../statistics/ranking.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { intervalText, metricTitle, percentText, pText, UNDEFINED, valueText } from "./number-text.ts";

/** Folders side by side: a table of tests for each metric, and the order of more than two. */
export function comparisonSections({ comparisons, metrics, rules }: Evaluation): readonly string[] {
  return comparisons.flatMap((each) => {
    const metric = metrics.find(({ key }) => key === each.metric);
    if (metric === undefined) return [];
    const interval = `${100 * rules.level} % interval`;
    return [
      `## Comparison by ${markdownText(metricTitle(metric))}, ${metric.better} is better`,
      markdownTable(comparisonHeads(interval), comparisonRows(each, metric), { textColumns: 2 }),
      ...rankingSections(each, metric),
    ];
  });
}

/** The heads of `comparisonRows`. */
export function comparisonHeads(interval: string): readonly string[] {
  return [
    ...["class", "first − second", "pairs", "mean difference", interval],
    ...["Wilcoxon p (Holm)", "permutation p (Holm)", "rank-biserial", "Hodges-Lehmann"],
  ];
}

/** One row for each class and pair of folders. */
export function comparisonRows({ comparisons }: MetricComparison, metric: Metric): readonly (readonly string[])[] {
  return comparisons.map((each) => [
    each.label,
    `${each.first} − ${each.second}`,
    pairsText(each),
    valueText(each.meanDifference.value, metric),
    intervalText(each.meanDifference, metric),
    `${pText(each.wilcoxon.pValue)} (${pText(each.wilcoxon.holmPValue)})`,
    `${pText(each.permutation.pValue)} (${pText(each.permutation.holmPValue)})`,
    Number.isNaN(each.effects.rankBiserial) ? UNDEFINED : each.effects.rankBiserial.toFixed(2),
    valueText(each.effects.hodgesLehmann.shift, metric),
  ]);
}

/** How many cases were compared, and how many could not be. */
function pairsText({ pairs, undefinedCases, unpairedCases }: MethodComparison): string {
  const left = undefinedCases.length + unpairedCases.length;
  return left === 0 ? String(pairs) : `${pairs} (${left} left out)`;
}

function rankingSections({ ranking }: MetricComparison, metric: Metric): readonly string[] {
  if (ranking === undefined) return [];
  const { rankOfMeans, meanOfRanks } = ranking;
  const orders = [
    { title: "mean value", order: rankOfMeans, text: (value: number) => valueText(value, metric) },
    { title: "mean rank over classes", order: meanOfRanks, text: (value: number) => value.toFixed(2) },
  ];
  return orders.flatMap(({ title, order, text }) => [
    `Ranked by ${title}; Kendall's tau of the resamples' rankings with this one: ${tauText(order)}.`,
    markdownTable(
      ["predictions", "rank", title, "first in resamples", "rank in resamples"],
      order.methods.map(({ method, rank, value, firstShare, resampledRank: { median, q1, q3 } }) => [
        method,
        String(rank),
        text(value),
        percentText(firstShare),
        `${median} [${q1}, ${q3}]`,
      ]),
    ),
  ]);
}

function tauText({ kendallTau: { mean } }: Ranking): string {
  return Number.isNaN(mean) ? UNDEFINED : `mean ${mean.toFixed(2)}`;
}
