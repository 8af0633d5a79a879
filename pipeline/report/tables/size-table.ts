import { type Cohorts, scoresByCohort, sizeTertiles } from "../../evaluate/statistics/cohorts.ts";
import { definedOf, meanOf } from "../../evaluate/statistics/describe.ts";
import { badnessOf } from "../../evaluate/statistics/direction.ts";
import type { DatasetAnalysis } from "../analysis/analyse-dataset.ts";
import type { MetricResults } from "../analysis/metric-results.ts";
import { metricDigits, metricTitle } from "../metric-title.ts";
import { numberText } from "../number-text.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import { NOTHING, type RowGroup, type Table, type TableCell } from "./table.ts";

/** Sizes of structures that are told apart. */
const groups = ["small", "medium", "large"] as const;

/** A group's mean says little of fewer cases; a class with a smaller group is left out. */
const LEAST_CASES = 2;

/**
 * The main metric of small, medium and large structures, each class by the tertiles of its own sizes; nothing where no class has
 * cases enough.
 *
 * Source: the split of arXiv:2506.14844 by gland size
 */
export function sizeTable({ dataset, main }: DatasetAnalysis): Table | undefined {
  if (main === undefined) return undefined;
  const rows = dataset.classes.flatMap(({ name }) => classRows(name, { dataset, main }) ?? []);
  if (rows.length === 0) return undefined;
  const title = metricTitle(main.metric);
  return {
    name: `sizes-${dataset.slug}`,
    title: `${title} by the size of the structure: ${dataset.name}`,
    columns: [
      { title: "Method", align: "left" },
      ...groups.map((group) => ({ title: group, align: "right" as const })),
    ],
    groups: rows,
    notes: [
      `Mean ${title} over the cases whose structure is among the smallest third of its class, the middle third and the largest, by ` +
        "its volume in the reference; every case is the mean over the runs that held it out. Bold: best mean.",
    ],
  };
}

interface SizeOptions {
  readonly dataset: ReportedDataset;
  readonly main: MetricResults;
}

function classRows(label: string, { dataset, main }: SizeOptions): RowGroup | undefined {
  const { key } = main.metric;
  const scores = dataset.scores.filter((score) => score.label === label && score.metric === key);
  const scored = new Set(scores.map((score) => score.case));
  const sizes = new Map(
    dataset.sizes.filter((size) => size.label === label && scored.has(size.case)).map(({ case: own, ml }) => [own, ml]),
  );
  const tertiles = sizeTertiles(sizes);
  if (groups.some((group) => (tertiles.get(group)?.length ?? 0) < LEAST_CASES)) return undefined;
  const byGroup = scoresByCohort(
    scores.filter((score) => sizes.has(score.case)),
    tertiles,
  );
  const means = dataset.methods.map((method) =>
    groups.map((group) => {
      const own = (byGroup.get(group) ?? []).filter((score) => score.method === method.key);
      return meanOf(definedOf(own.map(({ value }) => value)));
    }),
  );
  return {
    title: `${label}: ${groups.map((group) => rangeText(group, { tertiles, sizes })).join(", ")}`,
    rows: dataset.methods.map(({ name }, row): readonly TableCell[] => [
      { text: name },
      ...groups.map((_, column) =>
        meanCell(means[row][column], { all: means.map((each) => each[column]), metric: main.metric }),
      ),
    ]),
  };
}

function meanCell(
  mean: number,
  { all, metric }: { readonly all: readonly number[]; readonly metric: MetricResults["metric"] },
): TableCell {
  if (Number.isNaN(mean)) return { text: NOTHING };
  const badness = badnessOf(metric.better);
  const isBold = badness(mean) === Math.min(...definedOf(all).map(badness));
  return { text: numberText(mean, metricDigits(metric)), isBold };
}

/** How many cases are in a group, and how large their structures are. */
function rangeText(
  group: string,
  { tertiles, sizes }: { readonly tertiles: Cohorts; readonly sizes: ReadonlyMap<string, number> },
): string {
  const cases = tertiles.get(group) ?? [];
  const ml = cases.map((name) => sizes.get(name) ?? Number.NaN);
  return `${cases.length} ${group} (${sizeText(Math.min(...ml))} to ${sizeText(Math.max(...ml))} ml)`;
}

function sizeText(ml: number): string {
  return `${Number(ml.toPrecision(3))}`;
}
