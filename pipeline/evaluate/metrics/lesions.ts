import type { LesionFacts } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** How well lesions are found, one by one. */
export const lesionMetrics: readonly Metric[] = [
  count("lesions-found", "lesions of the reference that the prediction touches", "neither", ({ found }) => found),
  count("lesions-missed", "lesions of the reference that it does not", "lower", ({ missed }) => missed),
  count("lesions-invented", "predicted lesions that touch none of the reference", "lower", ({ invented }) => invented),
  share("lesion-recall", "found / (found + missed)", ({ found, missed }) => found / (found + missed)),
  share(
    "lesion-precision",
    "share of the predicted lesions that touch the reference",
    ({ predicted, invented }) => (predicted - invented) / predicted,
  ),
  share(
    "lesion-f1",
    "2 found / (2 found + missed + invented)",
    ({ found, missed, invented }) => (2 * found) / (2 * found + missed + invented),
  ),
  share(
    "lesion-dice",
    "mean Dice of lesions, missed and invented ones counting 0 (as BraTS 2023, without dilation)",
    ({ lesionDice, invented }) => sum(lesionDice) / (lesionDice.length + invented),
  ),
  share(
    "panoptic-quality",
    "sum of the IoU of matched lesions (IoU > 0.5) / (matched + half of all others)",
    ({ matchedIou, found, missed, predicted }) => sum(matchedIou) / ((found + missed + predicted) / 2),
  ),
];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function count(key: string, description: string, better: Metric["better"], of: (facts: LesionFacts) => number): Metric {
  return { key, needs: "lesions", unit: "", better, description, value: ({ lesions }) => of(lesions) };
}

function share(key: string, description: string, of: (facts: LesionFacts) => number): Metric {
  const value: Metric["value"] = ({ lesions }) => of(lesions);
  return { key, needs: "lesions", unit: "", better: "higher", description, best: 1, worst: 0, value };
}
