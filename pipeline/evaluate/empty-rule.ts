import type { Metric } from "./metrics/metric.ts";

/** What a metric is worth where it is not defined. */
export type EmptyRule = "nan" | "one" | "zero" | "worst-case";

/** What each rule says, for people. */
export const emptyRules: Readonly<Record<EmptyRule, string>> = {
  nan: "undefined values stay out of every mean (as nnU-Net and surface-distance)",
  one: "a class in neither mask scores as perfect (as the Dice of MedPy, MetricsReloaded and zero_division=1); in one only, undefined",
  zero: "a class in neither mask scores 0; distances stay undefined",
  "worst-case":
    "a class in one mask only has the worst score, its distances the longest way through the grid; in neither, undefined",
};

/** Which masks hold a class, and how long the grid is. */
export interface Presence {
  readonly inPrediction: boolean;
  readonly inReference: boolean;
  readonly diagonalMm: number;
}

/** What a metric that is not defined is worth by a rule; NaN where the rule leaves it out, and for a class in both masks. */
export function valueByRule(rule: EmptyRule, { best, worst }: Metric, presence: Presence): number {
  const inNeither = !presence.inPrediction && !presence.inReference;
  const inOne = presence.inPrediction !== presence.inReference;
  if (rule === "one" && inNeither) return best ?? Number.NaN;
  if (rule === "zero" && inNeither) return worst === "distance" || worst === undefined ? Number.NaN : 0;
  if (rule === "worst-case" && inOne) return (worst === "distance" ? presence.diagonalMm : worst) ?? Number.NaN;
  return Number.NaN;
}
