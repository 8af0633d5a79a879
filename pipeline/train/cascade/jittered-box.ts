import type { Triple } from "../../volume/affine.ts";
import { type Box, clippedBox, shapeOfBox } from "../../volume/box.ts";
import type { Random } from "../../volume/random.ts";

/**
 * A box with each of its faces moved by up to a share of its side, outwards or inwards, clipped to the volume.
 *
 * Shape:  `share` below a half, so that something is left of the box
 */
export function jitteredBox(
  box: Box,
  { share, shape, random }: { readonly share: number; readonly shape: Triple; readonly random: Random },
): Box {
  const reach = shapeOfBox(box).map((side) => Math.floor(share * side));
  const moved = (face: Triple): Triple => [
    face[0] + random.integer(-reach[0], reach[0] + 1),
    face[1] + random.integer(-reach[1], reach[1] + 1),
    face[2] + random.integer(-reach[2], reach[2] + 1),
  ];
  return clippedBox({ start: moved(box.start), stop: moved(box.stop) }, shape);
}
