import type { Metric } from "../metrics/metric.ts";

/** Which way a metric is better; "neither" ranks nothing. */
export type Better = Metric["better"];

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
