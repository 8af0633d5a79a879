import type { LabelMap } from "../volume/volume.ts";
import { classOverlaps, nowhere } from "./class-overlaps.ts";
import { type ClassScores, evaluateCase } from "./evaluate-case.ts";

/** How a package scores. */
export interface Convention {
  readonly package: string;
  readonly dice: string;
  readonly hd95: string;
}

/** What each package's functions do when nobody chooses otherwise, as read in their sources. */
export const conventions: readonly Convention[] = [
  {
    package: "nnU-Net 2.8",
    dice: "class in neither: left out; in the prediction only: 0",
    hd95: "not measured",
  },
  {
    package: "MONAI 1.6",
    dice: "class not in the reference: left out, false positives with it",
    hd95: "larger of the two directed percentiles of boundary voxels, in voxels unless a spacing is given",
  },
  {
    package: "MedPy 0.5",
    dice: "class in neither: 1",
    hd95: "percentile of both directions together; one mask empty: an error",
  },
  {
    package: "MetricsReloaded",
    dice: "class in neither: 1",
    hd95: "larger of the two directed percentiles of boundary voxels",
  },
  {
    package: "surface-distance 0.1",
    dice: "class in neither: left out",
    hd95: "larger of the two directed percentiles by surface area; one mask empty: infinite",
  },
  {
    package: "image-averaged, zero_division=1",
    dice: "mean over slices; class in neither of a slice: 1",
    hd95: "not measured",
  },
];

/** What a package would have said of one class in one case; NaN where it leaves the case out or fails. */
export interface ConventionScore {
  readonly package: string;
  readonly dice: number;
  readonly hd95: number;
}

/** What is needed to say it. */
const METRICS = ["dice", "hd95", "hd95-pooled", "area-hd95"];

/**
 * What other packages would have said of the same masks, class by class.
 *
 * Errors: as `evaluateCase`
 */
export async function conventionScores(
  pair: { readonly prediction: LabelMap; readonly reference: LabelMap },
  options: {
    readonly classes: readonly { readonly id: number; readonly name: string }[];
    readonly signal?: AbortSignal;
  },
): Promise<ReadonlyMap<number, readonly ConventionScore[]>> {
  const inMm = await evaluateCase(pair, { ...options, metrics: METRICS });
  const unit = { prediction: inVoxels(pair.prediction), reference: inVoxels(pair.reference) };
  const inUnits = await evaluateCase(unit, { ...options, metrics: ["hd95"] });
  const perSlice = sliceAveragedDice(pair, options.classes);
  return new Map(
    inMm.map((scores, n) => [scores.id, packagesOn(scores, inUnits[n].values.hd95, perSlice.get(scores.id))]),
  );
}

function packagesOn(
  { prediction, reference, values }: ClassScores,
  hd95InVoxels: number,
  sliceDice = Number.NaN,
): readonly ConventionScore[] {
  const { dice, hd95, "hd95-pooled": pooled, "area-hd95": area } = values;
  const inNeither = prediction === 0 && reference === 0;
  const inOne = !inNeither && (prediction === 0 || reference === 0);
  const oneIfNowhere = inNeither ? 1 : dice;
  const scores: readonly (readonly [number, number])[] = [
    [dice, Number.NaN],
    [reference === 0 ? Number.NaN : dice, hd95InVoxels],
    [oneIfNowhere, pooled],
    [oneIfNowhere, hd95],
    [dice, inOne ? Infinity : area],
    [sliceDice, Number.NaN],
  ];
  return scores.map(([dice, hd95], n) => ({ package: conventions[n].package, dice, hd95 }));
}

/** The map as if its voxels were cubes of 1 mm. */
function inVoxels(map: LabelMap): LabelMap {
  const rows = [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1];
  return { ...map, indexToLps: { from: "index", to: "lps", rows } };
}

/** Mean Dice over the slices along D, 1 for a slice without the class. */
function sliceAveragedDice(
  { prediction, reference }: { readonly prediction: LabelMap; readonly reference: LabelMap },
  classes: readonly { readonly id: number }[],
): ReadonlyMap<number, number> {
  const [depth, height, width] = reference.shape;
  const plane = height * width;
  const sums = new Map(classes.map(({ id }) => [id, 0]));
  for (let d = 0; d < depth; d++) {
    const slice = (labels: LabelMap) => labels.data.subarray(d * plane, (d + 1) * plane);
    const overlaps = classOverlaps({
      prediction: slice(prediction),
      reference: slice(reference),
      shape: [1, height, width],
    });
    for (const [id, sum] of sums) {
      const { prediction: found, reference: wanted, both } = overlaps.get(id) ?? nowhere;
      sums.set(id, sum + (found + wanted === 0 ? 1 : (2 * both) / (found + wanted)));
    }
  }
  return new Map([...sums].map(([id, sum]) => [id, sum / depth]));
}
