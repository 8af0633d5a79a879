import { text } from "../attributes.ts";
import type { Value } from "../builder.ts";

/**
 * The image with each side `scales` times as long, voxel centres half a voxel inside as `align_corners: false` has it.
 *
 * Shape:  [N, C, ...] -> [N, C, ...]
 */
export function resize(
  image: Value,
  { scales, mode }: { readonly scales: readonly number[]; readonly mode: "linear" | "nearest" },
): Value {
  const { graph, type } = image;
  const [batch, channels, ...sides] = image.shape;
  const shape = sides.map((side, axis) => (typeof side === "number" ? Math.floor(side * scales[axis]) : undefined));
  const factors = graph.floats([1, 1, ...scales], [image.shape.length]);
  return graph.node("Resize", [image, undefined, factors], {
    type,
    shape: [batch, channels, ...shape],
    attributes: {
      mode: text(mode),
      coordinate_transformation_mode: text("half_pixel"),
      nearest_mode: text("round_prefer_floor"),
    },
  });
}
