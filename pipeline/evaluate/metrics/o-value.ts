import type { ClassFacts, VoxelCounts } from "./facts.ts";
import type { Metric } from "./metric.ts";
import { dice, matthews, precision } from "./overlap.ts";

/*
 * O-Value: the share of random labellings that score less than what was observed. A random labelling finds a share t of
 * the class and claims a share f of the rest, both uniform on [0, 1]; each function gives the area of the unit square of
 * (f, t) where the metric stays below the observed value, at a prevalence.
 */

/**
 * O-Value of a Dice similarity coefficient.
 *
 * Source: arXiv:2505.07033, closed form of F1
 */
export function oValueOfDice(observed: number, prevalence: number): number {
  if (!(observed > 0)) return observed;
  if (observed >= 1) return 1;
  const overlap = observed / (2 - observed);
  const ratio = (1 - prevalence) / prevalence;
  const reach = clipped((1 / overlap - 1) / ratio);
  return overlap * reach + (overlap * ratio * reach * reach) / 2 + (1 - reach);
}

/** O-Value of an intersection over union: that of the Dice it stands for. */
export function oValueOfIou(observed: number, prevalence: number): number {
  return oValueOfDice((2 * observed) / (1 + observed), prevalence);
}

/** O-Value of a precision: below the line through the origin on which it stays the same. */
export function oValueOfPrecision(observed: number, prevalence: number): number {
  if (!(observed > 0)) return observed;
  if (observed >= 1) return 1;
  const slope = (((1 - prevalence) / prevalence) * observed) / (1 - observed);
  return slope <= 1 ? slope / 2 : 1 - 1 / (2 * slope);
}

/** O-Value of a balanced accuracy, at any prevalence. */
export function oValueOfBalancedAccuracy(observed: number): number {
  const reach = 2 * observed;
  return reach <= 1 ? (reach * reach) / 2 : 1 - (2 - reach) ** 2 / 2;
}

/** O-Value of an accuracy: below a line of slope (1 - prevalence) / prevalence. */
export function oValueOfAccuracy(observed: number, prevalence: number): number {
  // Right answers in the class and right answers outside it are uniform up to their shares of all voxels.
  const [few, many] = [Math.min(prevalence, 1 - prevalence), Math.max(prevalence, 1 - prevalence)];
  if (few === 0) return clipped(observed);
  if (observed <= few) return (observed * observed) / (2 * few * many);
  if (observed <= many) return (observed - few / 2) / many;
  return 1 - (1 - observed) ** 2 / (2 * few * many);
}

/** Places at which the area of the Matthews correlation is summed up. */
const STEPS = 2000;

/** O-Value of a Matthews correlation coefficient, by integration along f. Source: arXiv:2505.07033 */
export function oValueOfMatthews(observed: number, prevalence: number): number {
  if (Number.isNaN(observed)) return Number.NaN;
  if (observed < 0) return 1 - oValueOfMatthews(-observed, prevalence);
  if (observed === 0) return 0.5;
  let area = 0;
  for (let n = 0; n < STEPS; n++) area += recallAtMatthews(observed, (n + 0.5) / STEPS, prevalence);
  return area / STEPS;
}

/**
 * The recall at which a Matthews correlation reaches a positive value; 1 where none does: the larger root of
 * (t - f)² p (1 - p) = m² q (1 - q), q = f + p (t - f) being the share of all voxels that the labelling claims.
 */
function recallAtMatthews(observed: number, falsePositiveRate: number, prevalence: number): number {
  const square = observed * observed;
  const curve = prevalence * (1 - prevalence) + square * prevalence * prevalence;
  const slope = square * prevalence * (1 - 2 * falsePositiveRate);
  const start = square * falsePositiveRate * (1 - falsePositiveRate);
  const lead = (slope + Math.sqrt(slope * slope + 4 * curve * start)) / (2 * curve);
  return Math.min(1, falsePositiveRate + lead);
}

/** A labelling as shares of all voxels. */
export function countsAt(recall: number, falsePositiveRate: number, prevalence: number): VoxelCounts {
  return {
    truePositives: recall * prevalence,
    falseNegatives: (1 - recall) * prevalence,
    falsePositives: falsePositiveRate * (1 - prevalence),
    trueNegatives: (1 - falsePositiveRate) * (1 - prevalence),
  };
}

/** What is drawn to check a closed form. */
export interface SampledOValue {
  readonly prevalence: number;
  /** The metric of a labelling. */
  readonly metric: (counts: VoxelCounts) => number;
  readonly draws: number;
  /** Uniform on [0, 1). */
  readonly random: () => number;
}

/** O-Value of any metric of voxel counts: the share of random labellings below the observed value, drawn. */
export function sampledOValue(observed: number, { prevalence, metric, draws, random }: SampledOValue): number {
  let below = 0;
  for (let n = 0; n < draws; n++) if (metric(countsAt(random(), random(), prevalence)) < observed) below++;
  return below / draws;
}

function clipped(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Scores as ranks among random labellings: comparable across prevalences. */
export const oValueMetrics: readonly Metric[] = [
  {
    key: "prevalence",
    needs: "counts",
    unit: "",
    better: "neither",
    description: "share of the stated region that the reference fills",
    value: ({ prevalence }) => prevalence,
  },
  oValue("o-dice", "Dice, or intersection over union,", (facts) => oValueOfDice(dice(facts.counts), facts.prevalence)),
  oValue("o-precision", "precision", (facts) => oValueOfPrecision(precision(facts.counts), facts.prevalence)),
  oValue("o-mcc", "Matthews correlation in the region", (facts) =>
    oValueOfMatthews(matthews(inRegion(facts)), facts.prevalence),
  ),
  oValue("o-balanced-accuracy", "balanced accuracy in the region", (facts) => {
    const { truePositives: tp, falseNegatives: fn, trueNegatives: tn, falsePositives: fp } = inRegion(facts);
    return oValueOfBalancedAccuracy((tp / (tp + fn) + tn / (tn + fp)) / 2);
  }),
];

function oValue(key: string, name: string, of: (facts: ClassFacts) => number): Metric {
  return {
    key,
    needs: "counts",
    unit: "",
    better: "higher",
    description: `share of random labellings with a smaller ${name} at this prevalence (O-Value, arXiv:2505.07033)`,
    best: 1,
    worst: 0,
    value: (facts) => (facts.prevalence > 0 && facts.prevalence < 1 ? of(facts) : Number.NaN),
  };
}

/** The counts with as many voxels outside the class as the stated region has. */
function inRegion({ counts, prevalence }: ClassFacts): VoxelCounts {
  const { truePositives: tp, falseNegatives: fn, falsePositives: fp } = counts;
  const outside = ((tp + fn) * (1 - prevalence)) / prevalence;
  return { ...counts, trueNegatives: Math.max(0, outside - fp) };
}
