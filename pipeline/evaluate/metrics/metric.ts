import type { SurfaceDistances } from "../surface/surface-distances.ts";
import type { Calibration } from "./calibration.ts";
import type { LesionFacts } from "./lesions.ts";
import type { Topology } from "./topology.ts";

/** Voxels of one class, by what the prediction and the reference say of them. */
export interface VoxelCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** What was gathered of one class of a case; each metric says which of it it needs. */
export interface ClassFacts {
  readonly counts: VoxelCounts;
  readonly voxelMl: number;
  /** Surface distance that does not count, in mm. */
  readonly toleranceMm: number;
  /** Share of the stated region that the reference fills. */
  readonly prevalence: number;
  readonly surface?: SurfaceDistances | undefined;
  readonly lesions?: LesionFacts | undefined;
  readonly topology?: Topology | undefined;
  readonly calibration?: Calibration | undefined;
}

/** What has to be gathered for a metric beyond the counts. */
export type MetricNeed = "counts" | "surface" | "lesions" | "topology" | "probabilities";

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
