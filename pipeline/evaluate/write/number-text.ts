import type { Metric } from "../metrics/metric.ts";
import type { BootstrapInterval } from "../statistics/bootstrap.ts";
import type { Description } from "../statistics/describe.ts";

/** What stands for a value that is not defined. */
export const UNDEFINED = "–";

/** A value of a metric with as many digits as papers give. */
export function valueText(value: number, metric: Pick<Metric, "unit" | "worst">): string {
  if (Number.isNaN(value)) return UNDEFINED;
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return value.toFixed(decimalsOf(value, metric));
}

function decimalsOf(value: number, { unit, worst }: Pick<Metric, "unit" | "worst">): number {
  if (unit !== "") return 2;
  // Shares of a fixed range have four; counts and prevalences, which have no worst value, three digits that count.
  return worst === undefined ? decimalsForThree(value) : 4;
}

function decimalsForThree(value: number): number {
  return value === 0 ? 0 : Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/** The name of a metric with its unit. */
export function metricTitle({ key, unit }: Pick<Metric, "key" | "unit">): string {
  return unit === "" ? key : `${key} (${unit})`;
}

/** Mean ± standard deviation. */
export function meanText({ mean, sd, count }: Description, metric: Metric): string {
  if (count === 0) return UNDEFINED;
  return count === 1 ? valueText(mean, metric) : `${valueText(mean, metric)} ± ${sd.toFixed(decimalsOf(mean, metric))}`;
}

/** Median [first, third quartile]. */
export function medianText({ median, q1, q3, count }: Description, metric: Metric): string {
  if (count === 0) return UNDEFINED;
  return `${valueText(median, metric)} [${valueText(q1, metric)}, ${valueText(q3, metric)}]`;
}

/** Both ends of an interval; a star where it is no BCa interval. */
export function intervalText({ low, high, method }: BootstrapInterval, metric: Metric): string {
  if (method === "none") return UNDEFINED;
  return `${valueText(low, metric)} to ${valueText(high, metric)}${method === "bca" ? "" : " *"}`;
}

/** A p value. */
export function pText(pValue: number): string {
  if (Number.isNaN(pValue)) return UNDEFINED;
  return pValue < 0.001 ? "< 0.001" : pValue.toFixed(3);
}

/** A share in percent. */
export function percentText(share: number): string {
  return Number.isNaN(share) ? UNDEFINED : `${(100 * share).toFixed(1)} %`;
}
