import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import { type ClassResult, FAILURE_BELOW, type MetricResults } from "../analysis/metric-results.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { casesText, intervalText, numberText, shareText } from "../number-text.ts";
import type { NamedMethod, ReportedDataset } from "../reported-dataset.ts";
import { marksNotes, marksOf } from "./significance-marks.ts";
import { type Column, NOTHING, type Table, type TableCell } from "./table.ts";

/** Metrics beside the main one; of two that measure the same the first that was measured. */
const besides = [["o-dice"], ["nsd", "area-nsd"], ["hd95", "area-hd95"]];

/** Scores of every class and method; nothing where there is no score. */
export function classTable(analysis: DatasetAnalysis, { baseline }: { readonly baseline: string }): Table | undefined {
  const { dataset, main, metrics } = analysis;
  if (main === undefined) return undefined;
  const others = besides.flatMap(
    (keys) => metrics.find(({ metric }) => keys.includes(metric.key) && metric !== main.metric) ?? [],
  );
  const hasFailures = main.metric.key === "dice";
  const title = metricTitle(main.metric);
  return {
    name: `classes-${dataset.slug}`,
    title: `Scores by class: ${dataset.name}, ${casesText(analysis)}`,
    columns: [
      left("Method"),
      right("n"),
      right(`${title} [95 % CI]`),
      ...others.map(({ metric }) => right(metricTitle(metric))),
      ...(hasFailures ? [right("failed")] : []),
    ],
    groups: dataset.classes.map(({ name, frequency }) => ({
      title: `${name}: ${shareText(frequency)} of all voxels${prevalenceText(analysis, name)}`,
      rows: dataset.methods.map((method) => rowOf(method, { label: name, main, others, hasFailures })),
    })),
    notes: [
      `n: cases with a ${title}; every case is the mean over the runs that held it out. ${title}: mean over cases with ` +
        "95 % BCa bootstrap interval, patients drawn. A number in brackets before a mean: cases with a value, where fewer or more.",
      ...(others.some(({ metric }) => metric.key === "o-dice")
        ? ["O-Value: share of random labellings with a smaller Dice at the case's prevalence, mean over cases."]
        : []),
      ...(hasFailures ? [`failed: cases with a Dice below ${FAILURE_BELOW}.`] : []),
      ...(dataset.methods.length > 1 ? marksNotes(nameOf(dataset, baseline)) : []),
    ],
  };
}

function nameOf({ methods }: ReportedDataset, key: string): string {
  return methods.find((method) => method.key === key)?.name ?? key;
}

interface RowOptions {
  readonly label: string;
  readonly main: MetricResults;
  readonly others: readonly MetricResults[];
  readonly hasFailures: boolean;
}

function rowOf({ key, name }: NamedMethod, { label, main, others, hasFailures }: RowOptions): readonly TableCell[] {
  const found = resultOf(main, { label, method: key });
  const count = found?.description.count ?? 0;
  return [
    { text: name },
    { text: `${count}` },
    scoreCell(main, found, ({ mean }) => intervalText(mean, metricDigits(main.metric))),
    ...others.map((other) =>
      scoreCell(other, resultOf(other, { label, method: key }), ({ mean, description }) => {
        const own = description.count === count ? "" : `(${description.count}) `;
        return `${own}${numberText(mean.value, metricDigits(other.metric))}`;
      }),
    ),
    ...(hasFailures ? [{ text: found === undefined ? NOTHING : `${found.failed}/${count}` }] : []),
  ];
}

function resultOf(
  { rows }: MetricResults,
  { label, method }: { readonly label: string; readonly method: string },
): ClassResult | undefined {
  return rows.find((row) => row.label === label && row.method === method);
}

function scoreCell(
  results: MetricResults,
  found: ClassResult | undefined,
  textOf: (found: ClassResult) => string,
): TableCell {
  if (found === undefined || found.description.count === 0) return { text: NOTHING };
  return { text: textOf(found), isBold: found.isBest, marks: marksOf(results, found) };
}

function prevalenceText({ prevalences }: DatasetAnalysis, name: string): string {
  const prevalence = prevalences.get(name);
  return prevalence === undefined ? "" : `, mean prevalence in its cases ${shareText(prevalence)}`;
}

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });
