import { reorientLike } from "../kernels/reorient.ts";
import type { Grid, LabelMap } from "../volume/volume.ts";

/**
 * The label map on the scan's own grid: exactly its shape, its axes and its matrix. Nothing is resampled here.
 *
 * Errors: GeometryError when the two grids do not cover the same voxels
 */
export async function restore(labels: LabelMap, { grid }: { readonly grid: Grid }): Promise<LabelMap> {
  return reorientLike(labels, grid);
}
