import type { Random } from "../volume/random.ts";
import type { CaseGroups } from "./case-groups.ts";
import type { ClassScores } from "./evaluate-case.ts";
import { type EvaluatedCase, isMeasured, type MeasuredCase } from "./evaluate-cases.ts";
import type { EvaluatedClass } from "./evaluated-classes.ts";
import type { ClassPresence, CohortSummary, MethodEvaluation } from "./evaluation.ts";
import type { Metric } from "./metrics/metric.ts";
import type { Score } from "./scores.ts";
import { scoresByCohort, sizeTertiles } from "./statistics/cohorts.ts";
import { meanOf } from "./statistics/describe.ts";
import { type SummariseOptions, summarise } from "./summarise.ts";

/** How the cases of a folder are summed up. */
export interface MethodSummaryOptions {
  readonly metrics: readonly Metric[];
  readonly classes: readonly EvaluatedClass[];
  readonly groups: CaseGroups;
  readonly sizeTertiles: boolean;
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  /** As `summarise` has it. */
  readonly between?: (() => Promise<void>) | undefined;
}

/** Column of the groups that the size of a class makes. */
const SIZE = "size";

/** Sums up what was measured of a folder: over all cases, and over each group of them. */
export async function summariseMethod(
  cases: readonly EvaluatedCase[],
  { metrics, classes, groups, random, ...options }: MethodSummaryOptions,
): Promise<Pick<MethodEvaluation, "cases" | "scores" | "presence" | "summaries" | "cohorts">> {
  const measured = cases.filter(isMeasured);
  const scores = measured.flatMap((each) => scoresOf(each, metrics));
  const common = {
    metrics,
    patientOf: groups.patientOf,
    frequencies: frequenciesOf(measured, classes),
    level: options.level,
    resamples: options.resamples,
    between: options.between,
    random,
  };
  const cohorts = [
    ...[...groups.cohorts].flatMap(([column, cohorts]) =>
      [...scoresByCohort(scores, cohorts)].map(([group, own]) => ({ column, group, own })),
    ),
    ...(options.sizeTertiles ? scoresBySize(measured, scores) : []),
  ];
  return {
    cases,
    scores,
    presence: classes.map(({ name }, n) =>
      presenceOf(
        name,
        measured.map((each) => ({ ...each, scores: each.classes[n] })),
      ),
    ),
    summaries: await summarise(scores, common),
    cohorts: await cohortSummaries(cohorts, common),
  };
}

function scoresOf({ case: name, classes }: MeasuredCase, metrics: readonly Metric[]): readonly Score[] {
  return classes.flatMap((own) =>
    metrics.map(({ key }) => ({ case: name, label: own.name, metric: key, value: own.values[key] })),
  );
}

interface CohortScores {
  readonly column: string;
  readonly group: string;
  readonly own: readonly Score[];
}

async function cohortSummaries(
  cohorts: readonly CohortScores[],
  options: SummariseOptions,
): Promise<readonly CohortSummary[]> {
  const found: CohortSummary[] = [];
  for (const { column, group, own } of cohorts) {
    const random = options.random.fork(JSON.stringify([column, group]));
    const cases = new Set(own.map((score) => score.case)).size;
    found.push({ column, group, cases, summaries: await summarise(own, { ...options, random }) });
  }
  return found;
}

/** The scores of small, medium and large structures, each class by its own tertiles. */
function scoresBySize(measured: readonly MeasuredCase[], scores: readonly Score[]): readonly CohortScores[] {
  const groups = new Map<string, Score[]>();
  const labels = [...new Set(scores.map(({ label }) => label))];
  for (const [n, label] of labels.entries()) {
    const sizes = new Map(measured.map((each) => [each.case, each.classes[n].reference * each.voxelMl]));
    const ofClass = scores.filter((score) => score.label === label);
    for (const [group, own] of scoresByCohort(ofClass, sizeTertiles(sizes)))
      groups.set(group, [...(groups.get(group) ?? []), ...own]);
  }
  const order = ["small", "medium", "large", "absent"].filter((group) => groups.has(group));
  return order.map((group) => ({ column: SIZE, group, own: groups.get(group) ?? [] }));
}

/** Share of each class in the volume of all, in the references. */
function frequenciesOf(
  measured: readonly MeasuredCase[],
  classes: readonly EvaluatedClass[],
): ReadonlyMap<string, number> {
  const ml = classes.map((_, n) =>
    measured.reduce((sum, { classes, voxelMl }) => sum + classes[n].reference * voxelMl, 0),
  );
  const total = ml.reduce((sum, each) => sum + each, 0);
  return new Map(classes.map(({ name }, n) => [name, ml[n] / total]));
}

function presenceOf(
  label: string,
  cases: readonly { readonly scores: ClassScores; readonly voxelMl: number }[],
): ClassPresence {
  const count = (inPrediction: boolean, inReference: boolean) =>
    cases.filter(({ scores }) => scores.prediction > 0 === inPrediction && scores.reference > 0 === inReference).length;
  const present = cases.filter(({ scores }) => scores.reference > 0);
  return {
    label,
    inBoth: count(true, true),
    inReferenceOnly: count(false, true),
    inPredictionOnly: count(true, false),
    inNeither: count(false, false),
    referenceMl: meanOf(present.map(({ scores, voxelMl }) => scores.reference * voxelMl)),
  };
}
