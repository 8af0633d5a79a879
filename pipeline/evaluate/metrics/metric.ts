import type { ClassFacts } from "./facts.ts";

/** What has to be gathered for a metric beyond the counts. */
export type MetricNeed = "counts" | "voxels" | "areas" | "lesions" | "topology" | "probabilities";

/** One number that is given of each class in each case. */
export interface Metric {
  /** Lower-case words with hyphens; the name in every table. */
  readonly key: string;
  readonly needs: MetricNeed;
  /** `mm`, `ml`, `%` or empty for a share or a count. */
  readonly unit: string;
  readonly better: "higher" | "lower" | "zero" | "neither";
  /** What is compared with what, and whose definition it is. */
  readonly description: string;
  /** Value of a perfect segmentation, and of the worst; `distance` stands for the longest way through the grid. */
  readonly best?: number;
  readonly worst?: number | "distance";
  /** NaN where it is not defined. */
  readonly value: (facts: ClassFacts) => number;
}
