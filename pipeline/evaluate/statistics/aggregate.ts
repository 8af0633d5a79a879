import { ConfigError } from "../../volume/errors.ts";
import type { Score } from "../scores.ts";
import { type Description, definedOf, describe, meanOf } from "./describe.ts";
import { type Better, badnessOf, betterOf } from "./direction.ts";
import { groupedBy } from "./grouped.ts";
import { assertOneMetric } from "./one-metric.ts";

/** What a class without any defined score does to a mean over classes. */
export type UndefinedClassRule = "left-out" | "as-zero" | "makes-undefined";

/** What each rule says, for people. */
export const undefinedClassRules: Readonly<Record<UndefinedClassRule, string>> = {
  "left-out": "classes without any defined score stay out of means over classes",
  "as-zero": "classes without any defined score count as 0 in means over classes",
  "makes-undefined": "a class without any defined score leaves means over classes undefined",
};

/** How scores are put together. */
export interface AggregateOptions {
  /** Which way the metric is better: what "worst" means; needed where the metric is not one of rarevox's. */
  readonly better?: Better | undefined;
  /** Weight of each class by name; without them there is no weighted mean. */
  readonly frequencies?: ReadonlyMap<string, number> | undefined;
  /** A score worse than this is a failure; 0.1 for Dice unless said, none for other metrics. */
  readonly failureThreshold?: number | undefined;
  /** "left-out" unless said. */
  readonly undefinedClasses?: UndefinedClassRule | undefined;
}

/** What the scores of one class come to. */
export interface ClassAggregate extends Spread {
  readonly label: string;
  readonly description: Description;
}

/** The bad end of some values. */
export interface Spread {
  /** Mean of the worst tenth of the defined values, rounded up: of the single worst one for up to ten. */
  readonly worstDecile: number;
  /** Share of the defined values that are worse than the threshold; NaN without one. */
  readonly failureRate: number;
}

/** What the scores of one metric come to, over cases and classes. */
export interface Aggregate {
  readonly classes: readonly ClassAggregate[];
  /** Mean of the class means: rare classes count as much as common ones. */
  readonly macroMean: number;
  /** Mean of the class means by the given frequencies; NaN without them. */
  readonly weightedMean: number;
  readonly worstClass: { readonly label: string; readonly mean: number } | undefined;
  /** The value of a case is the mean of its classes' defined scores. */
  readonly cases: Spread & { readonly description: Description };
  /** Classes without any defined score, and what they did to the means. */
  readonly undefinedClasses: readonly string[];
  readonly undefinedClassRule: UndefinedClassRule;
}

/**
 * Puts the scores of one metric together: per class, over classes, and at the bad end.
 *
 * Empty:  NaN scores are left out and counted
 * Errors: ConfigError E_ONE_METRIC for scores of several metrics, E_METRIC for an unknown one, E_FREQUENCY for a class
 *         without a frequency
 */
export function aggregate(scores: readonly Score[], options: AggregateOptions = {}): Aggregate {
  assertOneMetric(scores);
  const { frequencies, undefinedClasses = "left-out" } = options;
  const { better = betterOf(scores), failureThreshold = scores[0]?.metric === "dice" ? 0.1 : Number.NaN } = options;
  const spreadOf = (values: readonly number[]) => spread(definedOf(values), { better, failureThreshold });
  const classes = [...groupedBy(scores, ({ label }) => label)].map(([label, own]) => {
    const values = own.map(({ value }) => value);
    return { label, description: describe(values), ...spreadOf(values) };
  });
  const cases = caseMeans(scores);
  const means = classMeans(classes, undefinedClasses);
  return {
    classes,
    macroMean: weightedMean(means, () => 1),
    weightedMean: frequencies === undefined ? Number.NaN : weightedMean(means, (label) => weightOf(label, frequencies)),
    worstClass: worstOf(classes, better),
    cases: { description: describe(cases), ...spreadOf(cases) },
    undefinedClasses: classes.flatMap(({ label, description }) => (description.count === 0 ? [label] : [])),
    undefinedClassRule: undefinedClasses,
  };
}

function spread(
  defined: readonly number[],
  { better, failureThreshold }: { readonly better: Better; readonly failureThreshold: number },
): Spread {
  const badness = badnessOf(better);
  const worstFirst = [...defined].sort((first, second) => badness(second) - badness(first));
  const failed = defined.filter((value) => badness(value) > badness(failureThreshold)).length;
  return {
    worstDecile: better === "neither" ? Number.NaN : meanOf(worstFirst.slice(0, Math.ceil(defined.length / 10))),
    failureRate: Number.isNaN(badness(failureThreshold)) ? Number.NaN : failed / defined.length,
  };
}

/** The mean of each case's defined scores; NaN for a case without any. */
function caseMeans(scores: readonly Score[]): readonly number[] {
  const perCase = groupedBy(scores, (score) => score.case);
  return [...perCase.values()].map((own) => meanOf(definedOf(own.map(({ value }) => value))));
}

interface ClassMean {
  readonly label: string;
  readonly mean: number;
}

function classMeans(classes: readonly ClassAggregate[], rule: UndefinedClassRule): readonly ClassMean[] {
  return classes.flatMap(({ label, description: { count, mean } }) => {
    if (count > 0 || rule === "makes-undefined") return [{ label, mean }];
    return rule === "as-zero" ? [{ label, mean: 0 }] : [];
  });
}

function weightedMean(means: readonly ClassMean[], weightFor: (label: string) => number): number {
  const total = means.reduce((sum, { label }) => sum + weightFor(label), 0);
  return means.reduce((sum, { label, mean }) => sum + weightFor(label) * mean, 0) / total;
}

function weightOf(label: string, frequencies: ReadonlyMap<string, number>): number {
  const weight = frequencies.get(label);
  if (weight !== undefined) return weight;
  throw new ConfigError({
    code: "E_FREQUENCY",
    where: "frequencies",
    expected: "one for each class",
    got: `none for ${label}`,
    next: "Give the class its share of the voxels",
  });
}

function worstOf(classes: readonly ClassAggregate[], better: Better): Aggregate["worstClass"] {
  const badness = badnessOf(better);
  const means = classes.map(({ label, description: { mean } }) => ({ label, mean }));
  return means
    .filter(({ mean }) => !Number.isNaN(badness(mean)))
    .reduce<Aggregate["worstClass"]>(
      (worst, each) => (worst === undefined || badness(each.mean) > badness(worst.mean) ? each : worst),
      undefined,
    );
}
