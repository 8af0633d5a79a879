import { metricsNamed } from "../metrics/index.ts";
import type { Metric } from "../metrics/metric.ts";

/** Which way a metric is better; "neither" ranks nothing. */
export type Better = Metric["better"];

/**
 * Which way the one metric of some scores is better.
 *
 * Empty:  "neither" where there are no scores
 * Errors: ConfigError E_METRIC for a metric that rarevox does not have
 */
export function betterOf(scores: readonly { readonly metric: string }[]): Better {
  return scores.length === 0 ? "neither" : metricsNamed([scores[0].metric], "scores")[0].better;
}

/**
 * How bad a value is: the greater, the worse.
 *
 * Empty:  NaN for NaN, and for any value of a metric that is better neither way
 */
export function badnessOf(better: Better): (value: number) => number {
  if (better === "higher") return (value) => -value;
  if (better === "lower") return (value) => value;
  return better === "zero" ? Math.abs : () => Number.NaN;
}
