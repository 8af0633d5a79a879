import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { momentsOf } from "../../kernels/statistics.ts";
import { channelsOf } from "./patch.ts";
import { aboutOne, type Complete, interval, type PatchTransform, probability } from "./transform.ts";

export const contrastSchema = record(
  { kind: Type.Literal("contrast"), probability, range: interval("factor.", { minimum: 0, maximum: 10 }) },
  "Multiply what intensities differ from their mean; no value leaves the range that the patch had.",
);

/** Stretches each channel about its mean. Source: batchgeneratorsv2 `ContrastTransform`, range preserved */
export const contrast: PatchTransform<Complete<typeof contrastSchema>> = {
  role: "patch",
  defaults: { kind: "contrast", probability: 0.15, range: [0.75, 1.25] },
  applyInto: (patch, { range }, { random }) => {
    for (const channel of channelsOf(patch)) stretchInto(channel, aboutOne(random, range));
  },
};

/** Moves values from their mean by a factor, within their own range. */
export function stretchInto(voxels: Float32Array, factor: number): void {
  const { mean, min, max } = momentsOf(voxels);
  for (let i = 0; i < voxels.length; i++) voxels[i] = Math.min(max, Math.max(min, mean + factor * (voxels[i] - mean)));
}
