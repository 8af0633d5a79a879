import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import type { Triple } from "../../volume/affine.ts";
import { mapTriple } from "./matrix.ts";
import { channelsOf } from "./patch.ts";
import { between, type Complete, interval, isFlat, type PatchTransform, perChannel, probability } from "./transform.ts";

export const lowResolutionSchema = record(
  {
    kind: Type.Literal("low-resolution"),
    probability,
    perChannel,
    range: interval("share of the voxels along an axis.", { minimum: 0.05, maximum: 1 }),
  },
  "Take fewer voxels and interpolate between them; flat and 2-D patches in plane only.",
);

/** Simulates a coarser scan. Source: batchgeneratorsv2 `SimulateLowResolutionTransform`: nearest down, linear up */
export const lowResolution: PatchTransform<Complete<typeof lowResolutionSchema>> = {
  role: "patch",
  defaults: { kind: "low-resolution", probability: 0.25, perChannel: 0.5, range: [0.5, 1] },
  applyInto: (patch, { range, perChannel }, { random }) => {
    for (const channel of channelsOf(patch)) {
      if (random.uniform() >= perChannel) continue;
      const scale = between(random, range);
      coarsenInto(
        channel,
        patch.shape,
        mapTriple((axis) => (axis === 0 && isFlat(patch.shape) ? 1 : scale)),
      );
    }
  },
};

/** Keeps `scales` of the voxels along each axis, the nearest ones, and interpolates the others linearly. */
export function coarsenInto(voxels: Float32Array, shape: Triple, scales: Triple): void {
  const [, height, width] = shape;
  const [alongD, alongH, alongW] = mapTriple((axis) => neighboursOf(shape[axis], scales[axis]));
  const fine = voxels.slice();
  for (let d = 0, i = 0; d < shape[0]; d++)
    for (let h = 0; h < height; h++) {
      const near = (alongD.below[d] * height + alongH.below[h]) * width;
      const nearNext = (alongD.below[d] * height + alongH.above[h]) * width;
      const far = (alongD.above[d] * height + alongH.below[h]) * width;
      const farNext = (alongD.above[d] * height + alongH.above[h]) * width;
      const [fd, fh] = [alongD.share[d], alongH.share[h]];
      for (let w = 0; w < width; w++, i++) {
        const [below, above, fw] = [alongW.below[w], alongW.above[w], alongW.share[w]];
        const p = fine[near + below] + fw * (fine[near + above] - fine[near + below]);
        const q = fine[nearNext + below] + fw * (fine[nearNext + above] - fine[nearNext + below]);
        const r = fine[far + below] + fw * (fine[far + above] - fine[far + below]);
        const s = fine[farNext + below] + fw * (fine[farNext + above] - fine[farNext + below]);
        const first = p + fh * (q - p);
        voxels[i] = first + fd * (r + fh * (s - r) - first);
      }
    }
}

interface Neighbours {
  /** Voxels that are kept on both sides, and the share of the upper one. */
  readonly below: Int32Array;
  readonly above: Int32Array;
  readonly share: Float64Array;
}

function neighboursOf(count: number, scale: number): Neighbours {
  const kept = Math.max(1, Math.round(scale * count));
  const voxelOf = (n: number) => Math.floor(((n + 0.5) * count) / kept);
  const positions = Array.from({ length: count }, (_, i) => Math.max(0, ((i + 0.5) * kept) / count - 0.5));
  return {
    below: Int32Array.from(positions, (at) => voxelOf(Math.floor(at))),
    above: Int32Array.from(positions, (at) => voxelOf(Math.min(Math.floor(at) + 1, kept - 1))),
    share: Float64Array.from(positions, (at) => at - Math.floor(at)),
  };
}
