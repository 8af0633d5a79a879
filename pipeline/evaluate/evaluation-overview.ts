import type { Evaluation } from "./evaluation.ts";
import { comparisonHeads, comparisonRows } from "./write/comparison-tables.ts";
import {
  conventionHeads,
  conventionRows,
  headlineMetrics,
  overviewHeads,
  overviewRows,
} from "./write/method-tables.ts";
import { metricTitle } from "./write/number-text.ts";

/** A table for people, as texts. */
export interface OverviewTable {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables that a terminal has room for: each folder's scores, its conventions, and comparisons by the first metric. */
export function evaluationOverview(evaluation: Evaluation): readonly OverviewTable[] {
  const { methods, metrics, comparisons, rules } = evaluation;
  const shown = headlineMetrics(metrics);
  const [first] = shown.flatMap((metric) => {
    const own = comparisons.find((each) => each.metric === metric.key);
    return own === undefined ? [] : [{ metric, own }];
  });
  return [
    ...methods.flatMap((method) => [
      {
        title: `${method.name}: mean ± standard deviation over the cases in which a value is defined`,
        heads: overviewHeads(shown),
        rows: overviewRows(method, shown),
      },
      ...(method.conventions.length === 0
        ? []
        : [
            {
              title: `${method.name}: what other packages would have said`,
              heads: conventionHeads,
              rows: conventionRows(method.conventions),
            },
          ]),
    ]),
    ...(first === undefined
      ? []
      : [
          {
            title: `Comparison by ${metricTitle(first.metric)}, ${first.metric.better} is better`,
            heads: comparisonHeads(`${100 * rules.level} % interval`),
            rows: comparisonRows(first.own, first.metric),
          },
        ]),
  ];
}
