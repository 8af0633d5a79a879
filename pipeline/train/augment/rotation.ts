import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import type { Triple } from "../../volume/affine.ts";
import { mapTriple, rotationMatrix } from "./matrix.ts";
import { between, type Complete, type GeometryTransform, isFlat, probability } from "./transform.ts";

export const rotationSchema = record(
  {
    kind: Type.Literal("rotation"),
    probability,
    degrees: Type.Optional(
      Type.Union([Type.Number({ minimum: 0, maximum: 180 }), Type.Null()], {
        description: "Largest angle around each axis; null as nnU-Net: 30 in 3-D, 180 in plane, 15 where that is long.",
      }),
    ),
  },
  "Turn; flat and 2-D patches in plane only.",
);

/** Sides whose ratio is greater are turned by small angles only. Source: nnU-Net */
const LONG_RATIO = 1.5;

/**
 * Turns the patch by uniform angles, in voxels as nnU-Net does, whatever the spacing.
 *
 * Source: nnU-Net, `configure_rotation_dummyDA_mirroring_and_inital_patch_size` and `get_patch_size`
 */
export const rotation: GeometryTransform<Complete<typeof rotationSchema>> = {
  role: "geometry",
  defaults: { kind: "rotation", probability: 0.2, degrees: null },
  matrix: (settings, { random, shape }) => {
    const largest = largestAngle(settings, shape);
    const angle = () => between(random, [-largest, largest]);
    return rotationMatrix(isFlat(shape) ? [angle(), 0, 0] : [angle(), angle(), angle()]);
  },
  // One turn at a time, as in nnU-Net, but none that would count as pulling a side in.
  room: (settings, sides, shape) => {
    const angle = Math.min(largestAngle(settings, shape), Math.PI / 2);
    const first = isFlat(shape) ? 1 : 0;
    return mapTriple((axis) => {
      const others = [0, 1, 2].filter((other) => axis >= first && other >= first && other !== axis);
      const turned = others.map((other) => Math.cos(angle) * sides[axis] + Math.sin(angle) * sides[other]);
      return Math.max(sides[axis], ...turned);
    });
  },
};

/** Units: radians */
function largestAngle({ degrees }: { readonly degrees: number | null }, shape: Triple): number {
  return ((degrees ?? usualDegrees(shape)) * Math.PI) / 180;
}

function usualDegrees([d, h, w]: Triple): number {
  if (!isFlat([d, h, w])) return 30;
  return d === 1 && Math.max(h, w) / Math.min(h, w) > LONG_RATIO ? 15 : 180;
}
