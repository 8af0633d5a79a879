import type { Connectivity } from "../kernels/runs.ts";
import type { Warning } from "../volume/scan.ts";
import type { ClassConventions } from "./convention-means.ts";
import type { EmptyRule } from "./empty-rule.ts";
import type { EvaluatedCase } from "./evaluate-cases.ts";
import type { EvaluatedClass } from "./evaluated-classes.ts";
import type { Metric } from "./metrics/metric.ts";
import type { RegionChoice } from "./region-choice.ts";
import type { Score } from "./scores.ts";
import type { MethodComparison } from "./statistics/compare-methods.ts";
import type { MethodRanking } from "./statistics/ranking.ts";
import type { MetricSummary } from "./summarise.ts";

/** Everything that decides what the numbers of an evaluation are. */
export interface EvaluationRules {
  /** File that lists the classes; without one they are the labels that the references hold. */
  readonly classList?: string;
  readonly emptyRule: EmptyRule;
  /** Surface distance that does not count, by class. Units: mm */
  readonly toleranceMm: Readonly<Record<string, number>>;
  readonly region: RegionChoice;
  readonly resample: boolean;
  readonly missing: "refuse" | "empty";
  readonly ignoreLabel?: number | undefined;
  /** What is drawn, and what intervals and tests are about. */
  readonly unit: "patient" | "case";
  readonly level: number;
  readonly resamples: number;
  readonly seed: number;
  /** Which voxels make up one lesion. */
  readonly lesionConnectivity: Connectivity;
}

/** In how many cases a class is where. */
export interface ClassPresence {
  readonly label: string;
  readonly inBoth: number;
  readonly inReferenceOnly: number;
  readonly inPredictionOnly: number;
  readonly inNeither: number;
  /** Mean volume of the references that have it. */
  readonly referenceMl: number;
}

/** Summaries of some of the cases. */
export interface CohortSummary {
  /** Of the table, or `size`. */
  readonly column: string;
  readonly group: string;
  readonly cases: number;
  readonly summaries: readonly MetricSummary[];
}

/** What came of one folder of predictions. */
export interface MethodEvaluation {
  /** Name of the folder. */
  readonly name: string;
  readonly cases: readonly EvaluatedCase[];
  /** Names of predictions that no reference answers. */
  readonly unmatched: readonly string[];
  readonly scores: readonly Score[];
  readonly presence: readonly ClassPresence[];
  readonly summaries: readonly MetricSummary[];
  readonly cohorts: readonly CohortSummary[];
  /** What other packages would have said; empty unless asked for. */
  readonly conventions: readonly ClassConventions[];
}

/** Folders compared by one metric. */
export interface MetricComparison {
  readonly metric: string;
  readonly comparisons: readonly MethodComparison[];
  /** Of more than two. */
  readonly ranking?: MethodRanking;
}

/** What came of all folders, and by which rules. */
export interface Evaluation {
  readonly rules: EvaluationRules;
  readonly classes: readonly EvaluatedClass[];
  readonly metrics: readonly Metric[];
  /** Patient and groups of each case, column by column, as the table has them. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** The folder that was asked about first, then those that it is compared with. */
  readonly methods: readonly [MethodEvaluation, ...MethodEvaluation[]];
  readonly comparisons: readonly MetricComparison[];
  readonly warnings: readonly Warning[];
}
