import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import type { Triple } from "../../volume/affine.ts";
import { channelsOf } from "./patch.ts";
import { type Complete, type PatchTransform, probability } from "./transform.ts";

export const mirrorSchema = record(
  {
    kind: Type.Literal("mirror"),
    probability,
    perAxis: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "How often along each axis." })),
  },
  "Mirror along the axes that the plan allows.",
);

/** Mirrors image and labels, each axis drawn on its own. Source: batchgeneratorsv2 `MirrorTransform` */
export const mirror: PatchTransform<Complete<typeof mirrorSchema>> = {
  role: "patch",
  defaults: { kind: "mirror", probability: 1, perAxis: 0.5 },
  applyInto: (patch, { perAxis }, { random, mirrorAxes }) => {
    for (const axis of mirrorAxes)
      if (random.uniform() < perAxis)
        for (const voxels of [...channelsOf(patch), patch.labels]) mirrorInto(voxels, patch.shape, axis);
  },
};

/** Turns the order of voxels along an axis around. */
export function mirrorInto(voxels: Float32Array, shape: Triple, axis: number): void {
  const stride = [shape[1] * shape[2], shape[2], 1][axis];
  const length = shape[axis] * stride;
  for (let outer = 0; outer < voxels.length; outer += length)
    for (let low = outer, high = outer + length - stride; low < high; low += stride, high -= stride)
      for (let i = 0; i < stride; i++) {
        const kept = voxels[low + i];
        voxels[low + i] = voxels[high + i];
        voxels[high + i] = kept;
      }
}
