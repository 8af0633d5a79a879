import { ontoGridIfSame } from "../../kernels/onto-grid.ts";
import { resampleToGrid } from "../../kernels/resample.ts";
import { FormatError, GeometryError } from "../../volume/errors.ts";
import type { LabelMap, Volume } from "../../volume/volume.ts";
import { IGNORED, INSIDE, regionOf } from "../class-subjects.ts";
import type { EvaluatedClass, EvaluatedClasses } from "../evaluated-classes.ts";
import { calibrationOf } from "../metrics/calibration.ts";
import type { Calibration } from "../metrics/facts.ts";
import type { ProbabilityChannel } from "./read-channels.ts";

/** What probabilities are held against. */
export interface CalibrateRequest extends EvaluatedClasses {
  readonly reference: LabelMap;
  /** Whether channels on other grids are resampled, linearly, instead of refused. */
  readonly resample: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares channels with a reference as they come; the probability of a region is the sum of its labels'.
 *
 * Empty:  a class without a channel is left out
 * Errors: FormatError E_PROBABILITIES for values outside 0..1; GeometryError E_GRID for channels on another grid
 */
export async function calibrate(
  channels: AsyncIterable<ProbabilityChannel>,
  request: CalibrateRequest,
): Promise<ReadonlyMap<number, Calibration>> {
  const { classes, reference } = request;
  const found = new Map<number, Calibration>();
  const sums = new Map<number, Float32Array>();
  for await (const { whole, parts, volume, where } of channels) {
    request.signal?.throwIfAborted();
    assertProbabilities(volume.data, where);
    const { data } = await placed(volume, where, request);
    for (const each of classes) {
      if (whole.includes(each.id)) found.set(each.id, calibrationIn(data, each, request));
      if (parts.includes(each.id)) sums.set(each.id, added(sums.get(each.id), data));
    }
  }
  for (const each of classes) {
    const sum = sums.get(each.id);
    if (sum !== undefined) found.set(each.id, calibrationIn(sum, each, { ...request, reference }));
  }
  return found;
}

/** How far rounding takes probabilities out of 0..1. */
const ROUNDING = 1e-3;

function assertProbabilities(data: Float32Array, where: string): void {
  const isOne = (value: number) => value >= -ROUNDING && value <= 1 + ROUNDING;
  const index = data.findIndex((value) => !isOne(value));
  if (index < 0) return;
  throw new FormatError({
    code: "E_PROBABILITIES",
    where,
    expected: "probabilities of 0 to 1",
    got: String(data[index]),
    next: "Save probabilities, not scores (logits)",
  });
}

async function placed(
  volume: Volume<Float32Array>,
  where: string,
  { reference, resample, signal }: CalibrateRequest,
): Promise<Volume<Float32Array>> {
  const same = ontoGridIfSame(volume, reference);
  if (same !== undefined) return same;
  if (resample) return resampleToGrid(volume, reference, signal === undefined ? {} : { signal });
  throw new GeometryError({
    code: "E_GRID",
    where,
    expected: "probabilities on the reference's grid",
    got: `[${volume.shape}] voxels that lie elsewhere`,
    next: "Save them on the grid of the image, or resample them with --resample",
  });
}

function added(sum: Float32Array | undefined, data: Float32Array): Float32Array {
  if (sum === undefined) return data.slice();
  for (let i = 0; i < sum.length; i++) sum[i] += data[i];
  return sum;
}

function calibrationIn(
  probabilities: Float32Array,
  { id, labels }: EvaluatedClass,
  { reference, ignoreLabel }: CalibrateRequest,
): Calibration {
  const mask = regionOf(reference, labels ?? [id], ignoreLabel).data;
  const ignored = Uint8Array.from(mask, (value) => (value === IGNORED ? 1 : 0));
  return calibrationOf(probabilities, { reference: mask, classId: INSIDE, ignored });
}
