import { indexToLpsFromSteps, type Triple } from "../../pipeline/volume/affine.ts";
import type { Box } from "../../pipeline/volume/box.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { type Grid, type Volume, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";

/** A straight grid whose axes point to S, P, L and whose first voxel lies at [10, -20, 30]. */
export function straightGrid(shape: Triple, spacingMm: Triple): Grid {
  const [stepD, stepH, stepW] = spacingMm;
  const steps = { d: [0, 0, stepD], h: [0, stepH, 0], w: [stepW, 0, 0] };
  return { shape, indexToLps: indexToLpsFromSteps(steps, { originXyz: [10, -20, 30], where: "test" }) };
}

/** Boxes of one intensity each, on 0; a later box covers an earlier one. */
export function boxesVolume(
  grid: Grid,
  boxes: readonly { readonly box: Box; readonly intensity: number }[],
): Volume<Int16Array> {
  const [, height, width] = grid.shape;
  const data = new Int16Array(voxelCountOf(grid.shape));
  for (const { box, intensity } of boxes)
    for (let d = box.start[0]; d < box.stop[0]; d++)
      for (let h = box.start[1]; h < box.stop[1]; h++) {
        const row = (d * height + h) * width;
        data.fill(intensity, row + box.start[2], row + box.stop[2]);
      }
  return volumeOf(data, grid);
}

/** An MR scan of one volume, as a reader would return it. */
export function mrScan(volume: Volume): Scan {
  const inputs = [{ path: "/scans/Doe^Jane/scan.nii.gz", bytes: 7, sha256: "ab".repeat(32) }];
  return { format: "nifti", channels: [volume], modality: "MR", warnings: [], inputs };
}
