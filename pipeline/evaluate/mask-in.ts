import type { Triple } from "../volume/affine.ts";
import { type Box, shapeOfBox } from "../volume/box.ts";
import { type LabelArray, voxelCountOf } from "../volume/volume.ts";

/** A class within a box of a label map: 1 inside the class, 0 elsewhere. */
export function maskIn(
  labels: LabelArray,
  { shape, classId, box }: { readonly shape: Triple; readonly classId: number; readonly box: Box },
): Uint8Array {
  const [depth, height, width] = shapeOfBox(box);
  const mask = new Uint8Array(voxelCountOf([depth, height, width]));
  let to = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const from = ((box.start[0] + d) * shape[1] + box.start[1] + h) * shape[2] + box.start[2];
      for (let w = 0; w < width; w++, to++) if (labels[from + w] === classId) mask[to] = 1;
    }
  return mask;
}
