import type { Random } from "../volume/random.ts";
import type { Metric } from "./metrics/metric.ts";
import type { Score } from "./scores.ts";
import { type Aggregate, aggregate } from "./statistics/aggregate.ts";
import { type BootstrapInterval, bootstrapInterval } from "./statistics/bootstrap.ts";
import { meanOverCases, type PatientOf, valuesByPatient } from "./statistics/by-patient.ts";
import { definedOf, meanOf } from "./statistics/describe.ts";
import { groupedBy } from "./statistics/grouped.ts";

/** What the scores of one metric come to, with intervals by patient. */
export interface MetricSummary {
  readonly metric: string;
  readonly aggregate: Aggregate;
  /** Of the class means, in the order of the aggregate's classes. */
  readonly classIntervals: readonly BootstrapInterval[];
  /** Of the mean over classes. */
  readonly macroInterval: BootstrapInterval;
}

/** How scores are summed up. */
export interface SummariseOptions {
  readonly metrics: readonly Metric[];
  readonly patientOf: PatientOf;
  /** Weight of each class by name. */
  readonly frequencies: ReadonlyMap<string, number>;
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  /** Waited for between metrics: lets others run meanwhile, and stops the work by throwing. */
  readonly between?: (() => Promise<void>) | undefined;
}

/**
 * Sums scores up, metric by metric.
 *
 * Draws depend on the seed, the metric and the class alone.
 */
export async function summarise(
  scores: readonly Score[],
  options: SummariseOptions,
): Promise<readonly MetricSummary[]> {
  const byMetric = groupedBy(scores, ({ metric }) => metric);
  const summaries: MetricSummary[] = [];
  for (const metric of options.metrics) {
    await options.between?.();
    summaries.push(summaryOf(byMetric.get(metric.key) ?? [], metric, options));
  }
  return summaries;
}

function summaryOf(
  scores: readonly Score[],
  { key, better }: Metric,
  { patientOf, frequencies, level, resamples, random }: SummariseOptions,
): MetricSummary {
  const drawing = (name: string) => ({ level, resamples, random: random.fork(JSON.stringify([key, name])) });
  const whole = aggregate(scores, { better, frequencies });
  const byClass = groupedBy(scores, ({ label }) => label);
  return {
    metric: key,
    aggregate: whole,
    classIntervals: whole.classes.map(({ label }) =>
      bootstrapInterval(valuesByPatient(byClass.get(label) ?? [], patientOf), meanOverCases, drawing(label)),
    ),
    macroInterval: macroInterval(scores, { patientOf, ...drawing("") }),
  };
}

/** Sum and count of the defined scores of each class, of one patient. */
type ClassSums = readonly { readonly sum: number; readonly count: number }[];

/** Interval of the mean over classes; a resample that lacks a class would be a mean of others and is left out. */
function macroInterval(
  scores: readonly Score[],
  { patientOf, ...options }: Pick<SummariseOptions, "patientOf" | "level" | "resamples" | "random">,
): BootstrapInterval {
  const defined = scores.filter(({ value }) => !Number.isNaN(value));
  const labels = [...new Set(defined.map(({ label }) => label))];
  const patients = [...groupedBy(defined, (score) => patientOf(score.case)).values()].map((own): ClassSums => {
    const byClass = groupedBy(own, ({ label }) => label);
    return labels.map((label) => {
      const values = definedOf((byClass.get(label) ?? []).map(({ value }) => value));
      return { sum: values.reduce((sum, value) => sum + value, 0), count: values.length };
    });
  });
  const macroMean = (units: readonly ClassSums[]) =>
    meanOf(labels.map((_, n) => units.reduce((sum, own) => sum + own[n].sum, 0) / countOf(units, n)));
  return bootstrapInterval(patients, macroMean, options);
}

/** NaN in place of 0, so that no mean comes of no score. */
function countOf(units: readonly ClassSums[], label: number): number {
  return units.reduce((sum, own) => sum + own[label].count, 0) || Number.NaN;
}
