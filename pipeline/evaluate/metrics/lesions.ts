import { componentIndicesOf } from "../../kernels/components.ts";
import { type Box, shapeOfBox } from "../../volume/box.ts";
import { maskIn } from "../mask-in.ts";
import type { LabelPair } from "../surface/boundary.ts";
import type { ClassFacts, LesionFacts } from "./facts.ts";
import type { Metric } from "./metric.ts";

/**
 * Compares the connected regions of a class; neighbours share a face, an edge or a corner.
 *
 * Empty:  zero of everything
 * Source: lesion-wise scores of BraTS 2023, arXiv:2305.19369 (without dilation); Kirillov 2019, panoptic quality,
 *         arXiv:1801.00868
 */
export function compareLesions(
  pair: LabelPair,
  { classId, box }: { readonly classId: number; readonly box: Box },
): LesionFacts {
  const shape = shapeOfBox(box);
  const regions = (labels: LabelPair["prediction"]) =>
    componentIndicesOf({ data: maskIn(labels, { shape: pair.shape, classId, box }), shape });
  const predicted = regions(pair.prediction);
  const wanted = regions(pair.reference);
  const predictedSizes = sizesOf(predicted);
  const wantedSizes = sizesOf(wanted);
  const shared = overlapsOf(wanted, predicted);
  const touched = new Set([...shared.values()].flatMap((row) => [...row.keys()]));
  return {
    found: shared.size,
    missed: wantedSizes.size - shared.size,
    invented: predictedSizes.size - touched.size,
    predicted: predictedSizes.size,
    lesionDice: [...wantedSizes].map(([lesion, size]) => {
      const row = [...(shared.get(lesion) ?? [])];
      const both = row.reduce((sum, [, voxels]) => sum + voxels, 0);
      const touching = row.reduce((sum, [other]) => sum + (predictedSizes.get(other) ?? 0), 0);
      return (2 * both) / (size + touching);
    }),
    matchedIou: [...shared].flatMap(([lesion, row]) =>
      [...row]
        .map(([other, both]) => both / ((wantedSizes.get(lesion) ?? 0) + (predictedSizes.get(other) ?? 0) - both))
        .filter((iou) => iou > 0.5),
    ),
  };
}

function sizesOf(indices: Uint32Array): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const index of indices) if (index !== 0) sizes.set(index, (sizes.get(index) ?? 0) + 1);
  return sizes;
}

/** Voxels that each region of the first shares with each of the second. */
function overlapsOf(first: Uint32Array, second: Uint32Array): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const overlaps = new Map<number, Map<number, number>>();
  for (let i = 0; i < first.length; i++) {
    if (first[i] === 0 || second[i] === 0) continue;
    const row = overlaps.get(first[i]) ?? new Map<number, number>();
    row.set(second[i], (row.get(second[i]) ?? 0) + 1);
    overlaps.set(first[i], row);
  }
  return overlaps;
}

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
  return { key, needs: "lesions", unit: "", better, description, value: onLesions(of) };
}

function share(key: string, description: string, of: (facts: LesionFacts) => number): Metric {
  const value = onLesions(of);
  return { key, needs: "lesions", unit: "", better: "higher", description, best: 1, worst: 0, value };
}

function onLesions(of: (facts: LesionFacts) => number): Metric["value"] {
  return ({ lesions }: ClassFacts) => (lesions === undefined ? Number.NaN : of(lesions));
}
