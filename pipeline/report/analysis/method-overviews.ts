import { aggregate } from "../../evaluate/statistics/aggregate.ts";
import { type BootstrapInterval, bootstrapInterval } from "../../evaluate/statistics/bootstrap.ts";
import { definedOf, meanOf } from "../../evaluate/statistics/describe.ts";
import type { Better } from "../../evaluate/statistics/direction.ts";
import { groupedBy } from "../../evaluate/statistics/grouped.ts";
import type { MethodScore } from "../../evaluate/statistics/method-scores.ts";
import type { Cell, MeasuredCost } from "../benchmark-results.ts";
import type { NamedMethod, ReportedDataset } from "../reported-dataset.ts";
import type { AnalysisOptions } from "./metric-results.ts";

/** A method over all classes: what it reached and what it cost. */
export interface MethodOverview {
  readonly method: NamedMethod;
  /** Mean of the class means. */
  readonly macro: BootstrapInterval;
  /** Mean of the class means by how frequent the classes are. */
  readonly weighted: number;
  readonly worstClass: { readonly label: string; readonly mean: number } | undefined;
  /** Mean of the worst tenth of the cases. */
  readonly worstDecile: number;
  /** Means over the cells; NaN where nothing was measured. */
  readonly cost: Omit<MeasuredCost, keyof Cell>;
  readonly cells: { readonly done: number; readonly failed: number; readonly missing: number };
}

/** What is looked at. */
export interface OverviewInput {
  /** Of one metric. */
  readonly scores: readonly MethodScore[];
  readonly better: Better;
}

/** What each method comes to. */
export function methodOverviews(
  dataset: ReportedDataset,
  { scores, better }: OverviewInput,
  { resamples, random }: AnalysisOptions,
): readonly MethodOverview[] {
  const frequencies = new Map(dataset.classes.map(({ name, frequency }) => [name, frequency]));
  return dataset.methods.map((method) => {
    const own = scores.filter((score) => score.method === method.key);
    const all = aggregate(own, { better, frequencies });
    const costs = dataset.costs.filter((cost) => cost.method === method.key);
    return {
      method,
      macro: bootstrapInterval(
        [...groupedBy(own, (score) => dataset.patientOf(score.case)).values()].map((patient) => sumsOf(patient)),
        meanOfClassMeans,
        { resamples, random: random.fork(method.key) },
      ),
      weighted: all.weightedMean,
      worstClass: all.worstClass,
      worstDecile: all.cases.worstDecile,
      cost: meanCost(costs),
      cells: {
        done: costs.length,
        failed: dataset.failures.filter((cell) => cell.method === method.key).length,
        missing: dataset.missing.filter((cell) => cell.method === method.key).length,
      },
    };
  });
}

/** Sum and count of a patient's defined scores in each class: what a resample needs. */
type ClassSums = readonly { readonly label: string; readonly sum: number; readonly count: number }[];

function sumsOf(scores: readonly MethodScore[]): ClassSums {
  return [...groupedBy(scores, ({ label }) => label)].map(([label, own]) => {
    const values = definedOf(own.map(({ value }) => value));
    return { label, sum: values.reduce((sum, value) => sum + value, 0), count: values.length };
  });
}

/** Classes without a score stay out, as in `aggregate`. */
function meanOfClassMeans(patients: readonly ClassSums[]): number {
  const sums = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const patient of patients)
    for (const { label, sum, count } of patient) {
      sums.set(label, (sums.get(label) ?? 0) + sum);
      counts.set(label, (counts.get(label) ?? 0) + count);
    }
  return meanOf(definedOf([...sums].map(([label, sum]) => sum / (counts.get(label) ?? 0))));
}

function meanCost(costs: readonly MeasuredCost[]): MethodOverview["cost"] {
  const meanOfAll = (pick: (cost: MeasuredCost) => number) => meanOf(definedOf(costs.map(pick)));
  return {
    parameters: meanOfAll((cost) => cost.parameters),
    flopsPerPatch: meanOfAll((cost) => cost.flopsPerPatch),
    steps: meanOfAll((cost) => cost.steps),
    trainingSeconds: meanOfAll((cost) => cost.trainingSeconds),
    inferenceSecondsPerCase: meanOfAll((cost) => cost.inferenceSecondsPerCase),
    peakMemoryBytes: meanOfAll((cost) => cost.peakMemoryBytes),
  };
}
