import { eachSharedStretch } from "../kernels/runs.ts";
import type { Triple } from "../volume/affine.ts";
import type { LabelMap } from "../volume/volume.ts";
import { type ClassScores, evaluateCase } from "./evaluate-case.ts";
import { type LabelRuns, labelRunsOf, type RunsPair } from "./label-runs.ts";

/** How a package scores. */
export interface Convention {
  readonly package: string;
  readonly dice: string;
  readonly hd95: string;
}

const IN_VOXELS = "in voxels unless a spacing is given";

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
    hd95: `larger of the two directed percentiles of boundary voxels, ${IN_VOXELS}; a mask empty: not a number`,
  },
  {
    package: "MedPy 0.5",
    dice: "class in neither: 1",
    hd95: `percentile of both directions together, ${IN_VOXELS}; a mask empty: an error`,
  },
  {
    package: "MetricsReloaded",
    dice: "class in neither: 1",
    hd95: `larger of the two directed percentiles of boundary voxels, ${IN_VOXELS}; both masks empty: 0, one: an error`,
  },
  {
    package: "surface-distance 0.1",
    dice: "class in neither: left out",
    hd95: "larger of the two directed percentiles by surface area; a mask empty: infinite",
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
  /** With the spacing given. Units: mm */
  readonly hd95: number;
  /** With no spacing given, where that is allowed. */
  readonly hd95Voxels: number;
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
  const units = await evaluateCase(unit, { ...options, metrics: METRICS });
  const perSlice = sliceAveragedDice(pair, options.classes);
  return new Map(inMm.map((scores, n) => [scores.id, packagesOn(scores, units[n], perSlice.get(scores.id))]));
}

function packagesOn(
  { prediction, reference, values }: ClassScores,
  { values: units }: ClassScores,
  sliceDice = Number.NaN,
): readonly ConventionScore[] {
  const inNeither = prediction === 0 && reference === 0;
  const inBoth = prediction > 0 && reference > 0;
  const { dice, "area-hd95": area } = values;
  const oneIfNowhere = inNeither ? 1 : dice;
  const zeroIfNowhere = (distance: number) => (inNeither ? 0 : distance);
  const scores: readonly (readonly [dice: number, hd95: number, hd95Voxels: number])[] = [
    [dice, Number.NaN, Number.NaN],
    [reference === 0 ? Number.NaN : dice, values.hd95, units.hd95],
    [oneIfNowhere, values["hd95-pooled"], units["hd95-pooled"]],
    [oneIfNowhere, zeroIfNowhere(values.hd95), zeroIfNowhere(units.hd95)],
    [dice, inBoth ? area : Infinity, Number.NaN],
    [sliceDice, Number.NaN, Number.NaN],
  ];
  return scores.map(([dice, hd95, hd95Voxels], n) => ({ package: conventions[n].package, dice, hd95, hd95Voxels }));
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
  const { shape } = reference;
  const pair: RunsPair = {
    prediction: labelRunsOf(prediction.data, shape),
    reference: labelRunsOf(reference.data, shape),
    shape,
  };
  const slices = new Map(
    classes.map(({ id }) => [id, { all: new Float64Array(shape[0]), both: new Float64Array(shape[0]) }]),
  );
  addSizes(slices, pair.prediction, shape);
  addSizes(slices, pair.reference, shape);
  eachSharedStretch(pair.prediction.runs, pair.reference.runs, (run, other, voxels) => {
    const own = slices.get(pair.prediction.ids[run]);
    if (own !== undefined && pair.prediction.ids[run] === pair.reference.ids[other])
      own.both[sliceOf(pair.prediction.runs.start[run], shape)] += voxels;
  });
  return new Map(
    [...slices].map(([id, { all, both }]) => {
      const dice = all.map((voxels, d) => (voxels === 0 ? 1 : (2 * both[d]) / voxels));
      return [id, dice.reduce((sum, each) => sum + each, 0) / dice.length];
    }),
  );
}

/** Adds a class's voxels of each slice to what both maps together have there. */
function addSizes(
  slices: ReadonlyMap<number, { readonly all: Float64Array }>,
  { runs, ids }: LabelRuns,
  shape: Triple,
): void {
  for (let run = 0; run < ids.length; run++) {
    const own = slices.get(ids[run]);
    if (own !== undefined) own.all[sliceOf(runs.start[run], shape)] += runs.stop[run] - runs.start[run];
  }
}

function sliceOf(index: number, [, height, width]: Triple): number {
  return Math.floor(index / (height * width));
}
