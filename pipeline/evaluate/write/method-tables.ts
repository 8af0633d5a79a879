import type { ClassConventions, ConventionMean } from "../convention-means.ts";
import { conventions as packageRules } from "../conventions.ts";
import type { CohortSummary, Evaluation, MethodEvaluation } from "../evaluation.ts";
import type { Metric } from "../metrics/metric.ts";
import { groupedBy } from "../statistics/grouped.ts";
import type { MetricSummary } from "../summarise.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { intervalText, meanText, medianText, metricTitle, percentText, UNDEFINED, valueText } from "./number-text.ts";

/** Metrics that an overview shows, where they were measured. */
const HEADLINES = ["dice", "hd95", "nsd", "o-dice", "prevalence"];

/** Metrics of an overview where none of the usual ones were measured. */
const MOST_OTHERS = 5;

/** The metrics that an overview has room for. */
export function headlineMetrics(metrics: readonly Metric[]): readonly Metric[] {
  const usual = metrics.filter(({ key }) => HEADLINES.includes(key));
  return usual.length > 0 ? usual : metrics.slice(0, MOST_OTHERS);
}

/** Classes in rows, metrics in columns: mean ± standard deviation, and the mean over classes. */
export function overviewRows(method: MethodEvaluation, shown: readonly Metric[]): readonly (readonly string[])[] {
  const summaries = shown.map((metric) => ({
    metric,
    summary: method.summaries.find((each) => each.metric === metric.key),
  }));
  const rows = method.presence.map(({ label, inBoth, inReferenceOnly, inPredictionOnly, inNeither }) => [
    label,
    ...summaries.map(({ metric, summary }) => {
      const own = summary?.aggregate.classes.find((each) => each.label === label);
      return own === undefined ? UNDEFINED : meanText(own.description, metric);
    }),
    `${inBoth + inReferenceOnly}/${inPredictionOnly + inNeither}`,
    `${inReferenceOnly}/${inPredictionOnly}`,
  ]);
  const means = summaries.map(({ metric, summary }) => valueText(summary?.aggregate.macroMean ?? Number.NaN, metric));
  return rows.length > 1 ? [...rows, ["mean of classes", ...means, "", ""]] : rows;
}

/** The heads of `overviewRows`. */
export function overviewHeads(shown: readonly Metric[]): readonly string[] {
  return ["class", ...shown.map(metricTitle), "present/absent", "missed/invented"];
}

/** The overview in Markdown. */
export function overviewTable(method: MethodEvaluation, { metrics }: Evaluation): string {
  const shown = headlineMetrics(metrics);
  return markdownTable(overviewHeads(shown), overviewRows(method, shown));
}

/** Where the classes are. */
export function presenceTable({ presence }: MethodEvaluation): string {
  return markdownTable(
    ["class", "in both", "reference only (missed)", "prediction only (invented)", "in neither", "mean reference ml"],
    presence.map(({ label, inBoth, inReferenceOnly, inPredictionOnly, inNeither, referenceMl }) => [
      label,
      ...[inBoth, inReferenceOnly, inPredictionOnly, inNeither].map(String),
      Number.isNaN(referenceMl) ? UNDEFINED : String(Number(referenceMl.toPrecision(4))),
    ]),
  );
}

/** A table for each metric: what its scores come to in each class and over all. */
export function metricSections({ summaries }: MethodEvaluation, { metrics, rules }: Evaluation): readonly string[] {
  const interval = `${100 * rules.level} % interval of the mean`;
  return summaries.flatMap((summary) => {
    const metric = metrics.find(({ key }) => key === summary.metric);
    if (metric === undefined) return [];
    const heads = ["class", "n", "mean ± SD", interval, "median [quartiles]", "min", "max", "worst decile"];
    const { worstClass } = summary.aggregate;
    const worst = worstClass === undefined ? "" : ` Worst class: ${markdownText(worstClass.label)}.`;
    return [
      `### ${markdownText(metricTitle(metric))}`,
      `${markdownText(`${metric.description[0].toUpperCase()}${metric.description.slice(1)}`)}.${worst}`,
      markdownTable([...heads, ...(isDice(metric) ? ["failures"] : [])], metricRows(summary, metric)),
    ];
  });
}

/** Failures are told by their Dice. */
function isDice({ key }: Metric): boolean {
  return key === "dice";
}

function metricRows({ aggregate, classIntervals, macroInterval }: MetricSummary, metric: Metric) {
  const { classes, cases, macroMean, weightedMean } = aggregate;
  const rest = (own: (typeof classes)[number] | typeof cases) => [
    medianText(own.description, metric),
    valueText(own.description.min, metric),
    valueText(own.description.max, metric),
    valueText(own.worstDecile, metric),
    ...(isDice(metric) ? [percentText(own.failureRate)] : []),
  ];
  const rows = classes.map((own, n) => [
    own.label,
    String(own.description.count),
    meanText(own.description, metric),
    intervalText(classIntervals[n], metric),
    ...rest(own),
  ]);
  const blank = rest(cases).map(() => "");
  return [
    ...rows,
    ["case means", String(cases.description.count), meanText(cases.description, metric), "", ...rest(cases)],
    ["mean of classes", "", valueText(macroMean, metric), intervalText(macroInterval, metric), ...blank],
    ["weighted by volume", "", valueText(weightedMean, metric), "", ...blank],
  ];
}

/** A table for each column that cases are grouped by, of the metrics that an overview shows. */
export function cohortSections({ cohorts }: MethodEvaluation, { metrics }: Evaluation): readonly string[] {
  return [...groupedBy(cohorts, ({ column }) => column)].flatMap(([column, own]) => [
    `### By ${markdownText(column)}`,
    "Mean ± standard deviation (n; interval of the mean).",
    markdownTable(
      ["class", "metric", ...own.map(({ group }) => group)],
      headlineMetrics(metrics).flatMap((metric) => cohortRows(own, metric)),
      { textColumns: 2 },
    ),
  ]);
}

function cohortRows(cohorts: readonly CohortSummary[], metric: Metric): readonly (readonly string[])[] {
  const perGroup = cohorts.map(({ summaries }) => summaries.find((each) => each.metric === metric.key));
  const labels = [...new Set(perGroup.flatMap((each) => each?.aggregate.classes.map(({ label }) => label) ?? []))];
  return labels.map((label) => [
    label,
    metricTitle(metric),
    ...perGroup.map((summary) => {
      const n = summary?.aggregate.classes.findIndex((each) => each.label === label) ?? -1;
      if (summary === undefined || n < 0) return UNDEFINED;
      const { description } = summary.aggregate.classes[n];
      const interval = intervalText(summary.classIntervals[n], metric);
      return `${meanText(description, metric)} (${description.count}; ${interval})`;
    }),
  ]);
}

/** What other packages would have said, class by class, and by which rules. */
export function conventionTables(conventions: readonly ClassConventions[]): readonly string[] {
  return [
    markdownTable(conventionHeads, conventionRows(conventions), { textColumns: 2 }),
    markdownTable(
      ["package", "Dice", "HD95"],
      packageRules.map(({ package: name, dice, hd95 }) => [name, dice, hd95]),
      { textColumns: 3 },
    ),
  ];
}

/** The heads of `conventionRows`. */
export const conventionHeads: readonly string[] = [
  "package",
  "class",
  "its Dice",
  "its HD95 (mm)",
  "without a spacing",
];

/** One row for each package and class. */
export function conventionRows(conventions: readonly ClassConventions[]): readonly (readonly string[])[] {
  return packageRules.flatMap(({ package: name }, n) =>
    conventions.map(({ label, packages }) => [name, label, ...conventionTexts(packages[n])]),
  );
}

function conventionTexts({
  dice,
  diceCases,
  hd95,
  hd95Cases,
  infinite,
  hd95Voxels,
}: ConventionMean): readonly string[] {
  const beyond = infinite === 0 ? "" : `, ${infinite} infinite`;
  return [
    Number.isNaN(dice) ? UNDEFINED : `${dice.toFixed(4)} (n = ${diceCases})`,
    Number.isNaN(hd95) && infinite === 0 ? UNDEFINED : `${hd95.toFixed(2)} (n = ${hd95Cases}${beyond})`,
    Number.isNaN(hd95Voxels) ? UNDEFINED : hd95Voxels.toFixed(2),
  ];
}
