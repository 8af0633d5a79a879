import { Type } from "@sinclair/typebox";
import { record } from "../../bundle/schema-parts.ts";
import { mapTriple, scalingMatrix } from "./matrix.ts";
import { between, type Complete, type GeometryTransform, interval, isFlat, probability } from "./transform.ts";

export const scalingSchema = record(
  {
    kind: Type.Literal("scaling"),
    probability,
    range: interval("of the extent that is sampled; above 1 makes things smaller.", { minimum: 0.1, maximum: 10 }),
  },
  "Shrink or enlarge along all axes alike; flat and 2-D patches in plane only.",
);

/** What nnU-Net divides the sides by to make room for scaling, whatever its range. */
const ROOM_FACTOR = 0.85;

/** Samples a larger or smaller extent. Source: nnU-Net, `SpatialTransform` with scaling (0.7, 1.4) */
export const scaling: GeometryTransform<Complete<typeof scalingSchema>> = {
  role: "geometry",
  defaults: { kind: "scaling", probability: 0.2, range: [0.7, 1.4] },
  matrix: ({ range }, { random, shape }) => {
    const factor = between(random, range);
    return scalingMatrix([isFlat(shape) ? 1 : factor, factor, factor]);
  },
  room: (_settings, sides, shape) =>
    mapTriple((axis) => (axis === 0 && isFlat(shape) ? sides[0] : sides[axis] / ROOM_FACTOR)),
};
