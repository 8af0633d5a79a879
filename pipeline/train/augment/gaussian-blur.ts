import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import type { Triple } from "../../volume/affine.ts";
import { mapTriple } from "./matrix.ts";
import { channelsOf } from "./patch.ts";
import { between, type Complete, interval, type PatchTransform, perChannel, probability } from "./transform.ts";

export const gaussianBlurSchema = record(
  {
    kind: Type.Literal("gaussian-blur"),
    probability,
    perChannel,
    range: interval("standard deviation in voxels.", { minimum: 0.1, maximum: 10 }),
  },
  "Smooth.",
);

/** Smooths channels, each along each axis by its own deviation. Source: batchgeneratorsv2 `GaussianBlurTransform` */
export const gaussianBlur: PatchTransform<Complete<typeof gaussianBlurSchema>> = {
  role: "patch",
  defaults: { kind: "gaussian-blur", probability: 0.2, perChannel: 0.5, range: [0.5, 1] },
  applyInto: (patch, { range, perChannel }, { random }) => {
    for (const channel of channelsOf(patch))
      if (random.uniform() < perChannel)
        blurInto(channel, { shape: patch.shape, deviations: mapTriple(() => between(random, range)) });
  },
};

/** Smooths voxels by a Gaussian along each axis, mirrored at the borders; axes of one voxel stay. Units: voxels */
export function blurInto(
  voxels: Float32Array,
  { shape, deviations }: { readonly shape: Triple; readonly deviations: Triple },
): void {
  for (let axis = 0; axis < 3; axis++)
    if (shape[axis] > 1) blurAxisInto(voxels, shape, { axis, deviation: deviations[axis] });
}

function blurAxisInto(
  voxels: Float32Array,
  shape: Triple,
  { axis, deviation }: { readonly axis: number; readonly deviation: number },
): void {
  const weights = gaussianWeights(deviation);
  const [radius, count] = [(weights.length - 1) / 2, shape[axis]];
  const stride = [shape[1] * shape[2], shape[2], 1][axis];
  const line = new Float32Array(count + 2 * radius);
  const source = Int32Array.from(line, (_, i) => mirrored(i - radius, count) * stride);
  for (let outer = 0; outer < voxels.length; outer += count * stride)
    for (let first = outer; first < outer + stride; first++) {
      for (let i = 0; i < line.length; i++) line[i] = voxels[first + source[i]];
      for (let i = 0; i < count; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * line[i + k];
        voxels[first + i * stride] = sum;
      }
    }
}

/** An odd number of weights, about six deviations wide, that sum to 1. */
function gaussianWeights(deviation: number): Float64Array {
  const radius = Math.max(1, Math.round(3 * deviation - 0.25));
  const raw = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / deviation) ** 2));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}

/** Where an index beyond the ends falls when the line is mirrored about its end voxels, again and again. */
function mirrored(index: number, count: number): number {
  const period = 2 * (count - 1);
  const inPeriod = ((index % period) + period) % period;
  return Math.min(inPeriod, period - inPeriod);
}
