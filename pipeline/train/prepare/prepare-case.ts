import { reorient } from "../../kernels/reorient.ts";
import { resampleLabelsToShape } from "../../kernels/resample-labels.ts";
import { networkImage } from "../../stages/network-image.ts";
import { intensityMapOf } from "../../stages/prepare.ts";
import type { Triple } from "../../volume/affine.ts";
import { wholeBox } from "../../volume/box.ts";
import type { LabelArray, LabelMap, Volume, VoxelArray } from "../../volume/volume.ts";
import { labelsOf } from "../dataset/labels-of.ts";
import type { LoadedCase } from "../dataset/training-dataset.ts";
import type { TrainingPlan } from "../plan-schema.ts";
import type { PreparedCase } from "../prepared-case.ts";
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
export async function prepareCase(
  loaded: LoadedCase,
  plan: PreparationPlan,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PreparedCase> {
  const { id, channels } = loaded;
  const labels = labelsOf(loaded);
  const { orientation, input } = plan;
  const turn = (volume: Volume) => (orientation === "as-stored" ? volume : reorient<VoxelArray>(volume, orientation));
  const [first, ...others] = channels.map(turn);
  const intensities = [first, ...others].map(({ data }, c) => intensityMapOf(data, input.channels[c].normalisation));
  const prepared = { channels: [first, ...others] as const, intensities, grid: first, warnings: [] };
  const network = { ...plan, normalise: "before-resampling" as const };
  const { image, shape } = await networkImage(prepared, { box: wholeBox(first.shape), network, signal });
  const turned = orientation === "as-stored" ? labels : reorient<LabelArray>(labels, orientation);
  const onGrid = await labelsAt(turned, shape, signal);
  return { id, shape, image, labels: onGrid, voxelsByClass: voxelsByClass(onGrid, plan.ignoreLabel) };
}

/** Labels on a grid of the same field of view; untouched where nothing is resampled. */
async function labelsAt(labels: LabelMap, shape: Triple, signal: AbortSignal | undefined): Promise<LabelArray> {
  if (String(labels.shape) === String(shape)) return labels.data;
  const options = signal === undefined ? {} : { signal };
  return (await resampleLabelsToShape<LabelArray>(labels, shape, options)).data;
}
