import type { Triple } from "../../volume/affine.ts";
import type { Random } from "../../volume/random.ts";
import { mapTriple } from "../augment/matrix.ts";

/** What is placed where. */
export interface Placement {
  /** [D, H, W] of the case. */
  readonly shape: Triple;
  readonly patch: Triple;
  /** The patch with its room. */
  readonly room: Triple;
  /** A voxel that the room shall be centred at; anywhere when left out. */
  readonly centre?: Triple | undefined;
}

/**
 * First voxel of a patch; it may begin before the case and end behind it.
 *
 * Source: nnU-Net `get_bbox`: the room may stick out by what it is larger than the patch, half on each side; about a
 * centre it is only held back from sticking out before the case
 */
export function drawnStart({ shape, patch, room, centre }: Placement, random: Random): Triple {
  return mapTriple((axis) => {
    const spare = Math.max(room[axis] - patch[axis], room[axis] - shape[axis]);
    const lowest = -Math.ceil(spare / 2);
    const highest = shape[axis] + Math.ceil(spare / 2) - room[axis];
    const start =
      centre === undefined
        ? random.integer(lowest, highest + 1)
        : Math.max(lowest, centre[axis] - Math.floor(room[axis] / 2));
    return start + Math.floor(room[axis] / 2) - Math.floor(patch[axis] / 2);
  });
}
