import type { Triple } from "../../pipeline/volume/affine.ts";
import { type Grid, type Volume, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";

/** A volume with the value of a function at each index [d, h, w]. */
export function volumeByIndex(grid: Grid, valueAt: (index: Triple) => number): Volume<Int16Array> {
  const [, height, width] = grid.shape;
  const data = Int16Array.from({ length: voxelCountOf(grid.shape) }, (_, i) =>
    valueAt([Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]),
  );
  return volumeOf(data, grid);
}
