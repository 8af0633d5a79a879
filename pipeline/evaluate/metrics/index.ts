import { ConfigError } from "../../volume/errors.ts";
import { calibrationMetrics } from "./calibration.ts";
import { lesionMetrics } from "./lesions.ts";
import type { Metric } from "./metric.ts";
import { oValueMetrics } from "./o-value.ts";
import { overlapMetrics } from "./overlap.ts";
import { surfaceMetrics } from "./surface.ts";
import { topologyMetrics } from "./topology.ts";

/** Every metric; a new one is a row in its family's file, a new family a line here. */
export const metrics: readonly Metric[] = [
  ...overlapMetrics,
  ...surfaceMetrics,
  ...oValueMetrics,
  ...lesionMetrics,
  ...topologyMetrics,
  ...calibrationMetrics,
];

/** Keys of all metrics, in the order of tables. */
export const metricNames: readonly string[] = metrics.map(({ key }) => key);

/** What is measured when nobody chooses: all that needs neither probabilities nor centrelines nor lesions. */
export const defaultMetricNames: readonly string[] = [
  "dice",
  "iou",
  "precision",
  "recall",
  "mcc",
  "volume-difference",
  "hd",
  "hd95",
  "assd",
  "nsd",
  "area-hd95",
  "area-nsd",
  "prevalence",
  "o-dice",
];

/**
 * The metrics of the given keys, in the order of tables; a family's name stands for all of it.
 *
 * Errors: ConfigError E_METRIC for a key that no metric has
 */
export function metricsNamed(keys: readonly string[], where: string): readonly Metric[] {
  const wanted = new Set(keys.flatMap((key) => families[key]?.map((metric) => metric.key) ?? [key]));
  const unknown = [...wanted].filter((key) => !metricNames.includes(key));
  if (unknown.length > 0)
    throw new ConfigError({
      code: "E_METRIC",
      where,
      expected: `metrics of ${[...Object.keys(families), ...metricNames].join(", ")}`,
      got: unknown.join(", "),
      next: "Choose from the list",
    });
  return metrics.filter(({ key }) => wanted.has(key));
}

/** Names that stand for all metrics of a kind. */
const families: Readonly<Record<string, readonly Metric[] | undefined>> = Object.assign(Object.create(null), {
  all: metrics,
  overlap: overlapMetrics,
  surface: surfaceMetrics,
  "o-value": oValueMetrics,
  lesions: lesionMetrics,
  topology: topologyMetrics,
  calibration: calibrationMetrics,
});
