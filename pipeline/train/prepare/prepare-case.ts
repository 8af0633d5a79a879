import { resampleLabelsToShape } from "../../kernels/resample-labels.ts";
import { type NetworkImage, networkImage } from "../../stages/network-image.ts";
import { type Box, wholeBox } from "../../volume/box.ts";
import { crop } from "../../volume/crop.ts";
import type { LabelArray, LabelMap } from "../../volume/volume.ts";
import type { LoadedCase } from "../dataset/training-dataset.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { PreparedCase } from "../prepared-case.ts";
import { type TurnedCase, turnedCase } from "./turned-case.ts";
import { voxelsByClass } from "./voxels-by-class.ts";

/** What of a plan decides how a case is prepared. */
export type PreparationPlan = Pick<
  TrainingPlan,
  "input" | "orientation" | "spacingMm" | "interpolation" | "ignoreLabel"
>;

/**
 * A case turned, normalised and resampled exactly as `segmentScan` will do it with the finished bundle.
 *
 * Errors: FormatError T_LABELS when the case has no labels; the signal's reason
 */
export function prepareCase(
  loaded: LoadedCase,
  plan: PreparationPlan,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PreparedCase> {
  const turned = turnedCase(loaded, plan);
  return preparePart(turned, { plan, box: wholeBox(turned.scan.grid.shape), signal });
}

/** What of a turned case is prepared, and how. */
export interface PartOptions {
  readonly plan: PreparationPlan;
  /** In the turned case's voxels. */
  readonly box: Box;
  readonly signal?: AbortSignal | undefined;
}

/** The part of a case in a box, as a network is given it that looks there. Errors: the signal's reason */
export async function preparePart(
  { id, scan, labels }: TurnedCase,
  { plan, box, signal }: PartOptions,
): Promise<PreparedCase> {
  const network = { ...plan, normalise: "before-resampling" as const };
  const made = await networkImage(scan, { box, network, signal });
  const onGrid = await labelsLike(made, crop<LabelArray>(labels, box), signal);
  const { image, shape } = made;
  return { id, shape, image, labels: onGrid, voxelsByClass: voxelsByClass(onGrid, plan.ignoreLabel) };
}

/**
 * Labels on the image's grid, untouched where nothing is resampled.
 *
 * Through thick slices, where each of the image's slices is one of the scan's, so is each of the labels'; along the other
 * axes the class with the largest share wins.
 *
 * Source: nnU-Net v2, `resampling_seg_kwargs`: order 1, and 0 along a separate axis
 */
async function labelsLike(
  { shape, interpolation }: NetworkImage,
  labels: LabelMap,
  signal: AbortSignal | undefined,
): Promise<LabelArray> {
  const options = signal === undefined ? {} : { signal };
  const along = (axis: number) => (interpolation[axis] === "nearest" ? shape : labels.shape)[axis];
  const slices = [along(0), along(1), along(2)] as const;
  const picked = isShape(labels, slices)
    ? labels
    : await resampleLabelsToShape<LabelArray>(labels, slices, { interpolation: "nearest", ...options });
  return isShape(picked, shape) ? picked.data : (await resampleLabelsToShape<LabelArray>(picked, shape, options)).data;
}

function isShape(labels: LabelMap, shape: readonly number[]): boolean {
  return String(labels.shape) === String(shape);
}
