import { emptyRules } from "../evaluate/empty-rule.ts";
import { DEFAULT_TOLERANCE_MM } from "../evaluate/evaluate-case.ts";
import type { EvaluateClassesOptions } from "../evaluate/evaluate-classes.ts";
import type { EvaluatedClass } from "../evaluate/evaluated-classes.ts";
import { defaultMetricNames, metricsNamed } from "../evaluate/metrics/index.ts";
import { canonicalHash } from "../train/canonical-hash.ts";
import type { TrainingDataset } from "../train/dataset/training-dataset.ts";
import type { BenchmarkSpec } from "./spec-schema.ts";

/** By which rules cases are scored. */
export type ScoringRules = Required<Pick<BenchmarkSpec, "metrics" | "toleranceMm" | "emptyRule">>;

/** Raised whenever the same labels would get other scores. */
const SCORING_VERSION = 1;

/** The rules of a specification, with what it leaves out. */
export function scoringRulesOf({
  metrics = defaultMetricNames,
  toleranceMm = DEFAULT_TOLERANCE_MM,
  emptyRule = "nan",
}: BenchmarkSpec): ScoringRules {
  return { metrics: metricsNamed(metrics, "metrics").map(({ key }) => key), toleranceMm, emptyRule };
}

/** Tells scores by other rules apart. */
export function rulesKeyOf(rules: ScoringRules): string {
  return canonicalHash({ version: SCORING_VERSION, ...rules }).slice(0, 24);
}

/** The rules as `evaluateClasses` takes them, for the classes of a data set. */
export function evaluationOf(
  { metrics, toleranceMm, emptyRule }: ScoringRules,
  dataset: Pick<TrainingDataset, "classes" | "regions" | "ignoreLabel">,
): EvaluateClassesOptions {
  const classes = scoredClassesOf(dataset);
  const nameOf = new Map(classes.map(({ id, name }) => [id, name]));
  const toleranceOf = (id: number) =>
    typeof toleranceMm === "number" ? toleranceMm : (toleranceMm[nameOf.get(id) ?? ""] ?? DEFAULT_TOLERANCE_MM);
  return { classes, metrics, toleranceMm: toleranceOf, emptyRule, ignoreLabel: dataset.ignoreLabel };
}

/** Ids of regions start above those of labels. */
const FIRST_REGION = 0x10000;

/** What is scored of a data set: its regions where it has some, else its classes. */
export function scoredClassesOf({
  classes,
  regions,
}: Pick<TrainingDataset, "classes" | "regions">): readonly EvaluatedClass[] {
  if (regions === undefined) return classes.map(({ id, name }) => ({ id, name }));
  return regions.map(({ name, classIds }, n) => ({ id: FIRST_REGION + n, name, labels: classIds }));
}

/** The rules in words. */
export function rulesText({ metrics, toleranceMm, emptyRule }: ScoringRules): string {
  const tolerance =
    typeof toleranceMm === "number"
      ? `${toleranceMm} mm`
      : Object.entries(toleranceMm)
          .map(([name, mm]) => `${name} ${mm} mm`)
          .join(", ");
  return `${metrics.join(", ")}; surface tolerance ${tolerance}; empty classes: ${emptyRules[emptyRule]}`;
}
