import { metricsNamed } from "../../evaluate/metrics/index.ts";
import type { Metric } from "../../evaluate/metrics/metric.ts";
import { meanOf } from "../../evaluate/statistics/describe.ts";
import type { MethodScore } from "../../evaluate/statistics/method-scores.ts";
import { type Ranking, rankMethods } from "../../evaluate/statistics/ranking.ts";
import type { ReportedDataset } from "../reported-dataset.ts";
import { type MethodOverview, methodOverviews } from "./method-overviews.ts";
import { type AnalysisOptions, type MetricResults, metricResults } from "./metric-results.ts";

/** All that tables and charts say of a data set. */
export interface DatasetAnalysis {
  readonly dataset: ReportedDataset;
  /** What methods are ranked by: Dice where it was measured. Undefined without any score. */
  readonly main: MetricResults | undefined;
  /** Of every metric that is better one way. */
  readonly metrics: readonly MetricResults[];
  readonly overviews: readonly MethodOverview[];
  /** By the mean over classes of the main metric's means; undefined without any score. */
  readonly ranking: Ranking | undefined;
  /** Mean share of the stated region that a class fills in a case, by class; empty where it was not measured. */
  readonly prevalences: ReadonlyMap<string, number>;
  /** Held-out cases with a score. */
  readonly cases: number;
  readonly patients: number;
}

/** Means, intervals, comparisons and ranks of one data set. Errors: ConfigError E_METRIC for a score of no metric */
export function analyseDataset(dataset: ReportedDataset, options: AnalysisOptions): DatasetAnalysis {
  const measured = metricsNamed([...new Set(dataset.scores.map(({ metric }) => metric))], "scores");
  const metrics = measured
    .filter(({ better }) => better !== "neither")
    .map((metric) => {
      const random = options.random.fork(metric.key);
      return metricResults(metric, comparableScores(dataset, metric), {
        ...options,
        patientOf: dataset.patientOf,
        random,
      });
    });
  const main = metrics.find(({ metric }) => metric.key === "dice") ?? metrics[0];
  const scores = main === undefined ? [] : comparableScores(dataset, main.metric);
  const cases = [...new Set(dataset.scores.map((score) => score.case))];
  return {
    dataset,
    main,
    metrics,
    overviews: methodOverviews(
      dataset,
      { scores, better: main?.metric.better ?? "higher" },
      { ...options, random: options.random.fork("overview") },
    ),
    ranking: main && rankingOf(scores, { metric: main.metric, dataset, options }),
    prevalences: prevalencesOf(dataset),
    cases: cases.length,
    patients: new Set(cases.map(dataset.patientOf)).size,
  };
}

/** The scores of a metric; what is best at 0 is compared by its size. */
function comparableScores({ scores }: ReportedDataset, { key, better }: Metric): readonly MethodScore[] {
  const own = scores.filter(({ metric }) => metric === key);
  return better === "zero" ? own.map((score) => ({ ...score, value: Math.abs(score.value) })) : own;
}

interface RankingInput {
  readonly metric: Metric;
  readonly dataset: ReportedDataset;
  readonly options: AnalysisOptions;
}

function rankingOf(scores: readonly MethodScore[], { metric, dataset, options }: RankingInput): Ranking {
  const { patientOf } = dataset;
  const { resamples } = options;
  const random = options.random.fork("ranking");
  return rankMethods(scores, { better: metric.better, patientOf, resamples, unpaired: "drop", random }).rankOfMeans;
}

function prevalencesOf({ classes, scores }: ReportedDataset): ReadonlyMap<string, number> {
  const own = scores.filter(({ metric, value }) => metric === "prevalence" && !Number.isNaN(value));
  const means = classes.map(({ name }) => {
    const values = own.filter(({ label }) => label === name).map(({ value }) => value);
    return [name, meanOf(values)] as const;
  });
  return new Map(means.filter(([, mean]) => !Number.isNaN(mean)));
}
