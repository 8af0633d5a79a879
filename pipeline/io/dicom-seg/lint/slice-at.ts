import { inverse, type Triple, transformPoint } from "../../../volume/affine.ts";
import type { DicomOrigin } from "../../../volume/scan.ts";
import { SAME_GRID_TOLERANCE_MM } from "../../../volume/volume.ts";

/** Index of the source's slice whose first pixel lies at a position; undefined where there is none. Units: mm, LPS+ */
export function sliceIndexAt(positionXyz: Triple, { grid, slices }: DicomOrigin): number | undefined {
  const index = Math.round(transformPoint(inverse(grid.indexToLps), positionXyz)[0]);
  const slice = slices[index];
  if (slice === undefined) return undefined;
  const distanceMm = Math.hypot(...slice.positionXyz.map((value, axis) => value - positionXyz[axis]));
  return distanceMm <= SAME_GRID_TOLERANCE_MM ? index : undefined;
}
