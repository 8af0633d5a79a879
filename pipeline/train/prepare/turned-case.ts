import { reorient } from "../../kernels/reorient.ts";
import { intensityMapOf, type PreparedScan } from "../../stages/prepare.ts";
import type { LabelArray, LabelMap, Volume, VoxelArray } from "../../volume/volume.ts";
import { labelsOf } from "../dataset/labels-of.ts";
import type { LoadedCase } from "../dataset/training-dataset.ts";
import type { TrainingPlan } from "../plan-schema.ts";

/** A case with its axes as a plan wants them, still at its own spacing. */
export interface TurnedCase {
  readonly id: string;
  /** As `prepare` makes it with the finished bundle. */
  readonly scan: PreparedScan;
  readonly labels: LabelMap;
}

/**
 * Turns a case's axes and finds its normalisation; no voxel is changed or resampled.
 *
 * Errors: FormatError T_LABELS when the case has no labels
 */
export function turnedCase(
  loaded: LoadedCase,
  { orientation, input }: Pick<TrainingPlan, "orientation" | "input">,
): TurnedCase {
  const { id, channels } = loaded;
  const labels = labelsOf(loaded);
  const turn = (volume: Volume) => (orientation === "as-stored" ? volume : reorient<VoxelArray>(volume, orientation));
  const [first, ...others] = channels.map(turn);
  const intensities = [first, ...others].map(({ data }, c) => intensityMapOf(data, input.channels[c].normalisation));
  return {
    id,
    scan: { channels: [first, ...others], intensities, grid: first, warnings: [] },
    labels: orientation === "as-stored" ? labels : reorient<LabelArray>(labels, orientation),
  };
}
