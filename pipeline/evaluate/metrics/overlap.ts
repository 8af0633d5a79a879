import type { VoxelCounts } from "./facts.ts";
import type { Metric } from "./metric.ts";

/** Dice similarity coefficient. Empty: NaN. Source: Dice 1945, doi:10.2307/1932409 */
export function dice({ truePositives: tp, falsePositives: fp, falseNegatives: fn }: VoxelCounts): number {
  return (2 * tp) / (2 * tp + fp + fn);
}

/** True positive rate. Empty: NaN. */
export function recall({ truePositives: tp, falseNegatives: fn }: VoxelCounts): number {
  return tp / (tp + fn);
}

/** True negative rate. Empty: NaN where every voxel is of the class. */
export function specificity({ trueNegatives: tn, falsePositives: fp }: VoxelCounts): number {
  return tn / (tn + fp);
}

/** Positive predictive value. Empty: NaN. */
export function precision({ truePositives: tp, falsePositives: fp }: VoxelCounts): number {
  return tp / (tp + fp);
}

/** Matthews correlation coefficient. Empty: NaN. Source: Matthews 1975, doi:10.1016/0005-2795(75)90109-9 */
export function matthews(counts: VoxelCounts): number {
  const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
  const [predicted, wanted, notWanted, notPredicted] = [tp + fp, tp + fn, tn + fp, tn + fn];
  // From shares: the product of four voxel counts leaves the whole numbers that a double holds, and perfect is exactly 1.
  const right = (tp / predicted) * (tp / wanted) * (tn / notWanted) * (tn / notPredicted);
  const wrong = (fp / predicted) * (fn / wanted) * (fp / notWanted) * (fn / notPredicted);
  return Math.sqrt(right) - Math.sqrt(wrong);
}

/** How well the voxels of the two masks coincide. */
export const overlapMetrics: readonly Metric[] = [
  share("dice", "2 |A and B| / (|A| + |B|), Dice similarity coefficient, F1", dice),
  share("iou", "|A and B| / |A or B|, intersection over union, Jaccard index", (counts) => {
    const { truePositives: tp, falsePositives: fp, falseNegatives: fn } = counts;
    return tp / (tp + fp + fn);
  }),
  share("precision", "share of the predicted voxels that are right", precision),
  share("recall", "share of the reference's voxels that are found; sensitivity", recall),
  share(
    "specificity",
    "share of the voxels outside the reference that are left out; depends on the field",
    specificity,
  ),
  {
    ...share("mcc", "Matthews correlation coefficient of the voxels; depends on the field", matthews),
    worst: -1,
  },
  share(
    "balanced-accuracy",
    "mean of recall and specificity; depends on the field",
    (counts) => (recall(counts) + specificity(counts)) / 2,
  ),
  {
    key: "volume-difference",
    needs: "counts",
    unit: "ml",
    better: "zero",
    description: "predicted less reference volume",
    best: 0,
    value: ({ counts, voxelMl }) => (counts.falsePositives - counts.falseNegatives) * voxelMl,
  },
  {
    key: "relative-volume-difference",
    needs: "counts",
    unit: "",
    better: "zero",
    description: "predicted less reference volume, over the reference volume",
    best: 0,
    value: ({ counts: { truePositives: tp, falsePositives: fp, falseNegatives: fn } }) =>
      tp + fn === 0 ? Number.NaN : (fp - fn) / (tp + fn),
  },
  {
    key: "volume-ratio",
    needs: "counts",
    unit: "",
    better: "neither",
    description: "predicted over reference volume",
    best: 1,
    value: ({ counts: { truePositives: tp, falsePositives: fp, falseNegatives: fn } }) =>
      tp + fn === 0 ? Number.NaN : (tp + fp) / (tp + fn),
  },
];

function share(key: string, description: string, of: (counts: VoxelCounts) => number): Metric {
  const value: Metric["value"] = ({ counts }) => of(counts);
  return { key, needs: "counts", unit: "", better: "higher", description, best: 1, worst: 0, value };
}
