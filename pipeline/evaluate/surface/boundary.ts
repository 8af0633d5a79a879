import type { Triple } from "../../volume/affine.ts";
import type { PaddedMasks } from "./padded-masks.ts";
import { collectPoints, PREDICTION, REFERENCE, type SurfaceGrid } from "./surface-points.ts";

/**
 * The boundary voxels of both masks: those with a face neighbour outside the mask, where the grid ends too.
 *
 * Source: MedPy, MONAI, MetricsReloaded: the mask without its erosion by a cross
 */
export function boundaryVoxels(masks: PaddedMasks, spacingMm: Triple): SurfaceGrid {
  const { bits, shape, isFlat, rowStart, rowStop } = masks;
  const [depth, height, width] = shape;
  const row = width + 2;
  const plane = (height + 2) * row;
  const points = collectPoints(shape, spacingMm);
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      const n = (d + 1) * (height + 2) + h + 1;
      const start = points.rowAt(d, h) - 1;
      for (let w = rowStart[n], i = n * row + w; w < rowStop[n]; w++, i++) {
        const own = bits[i];
        const inPlane = bits[i - 1] & bits[i + 1] & bits[i - row] & bits[i + row];
        const on = own & ~(isFlat ? inPlane : inPlane & bits[i - plane] & bits[i + plane]);
        if ((on & PREDICTION) !== 0) points.add(start + w, PREDICTION, 0);
        if ((on & REFERENCE) !== 0) points.add(start + w, REFERENCE, 0);
      }
    }
  return points.grid();
}

/** Codes of cells that no surface runs through. */
const OUTSIDE = 0;
const INSIDE = 255;

/**
 * The cells between voxels through which a mask's surface runs: some of their eight voxels are inside, some are not. A
 * cell's code has a bit for each voxel, as `surfaceAreas` counts them; of one slice, each voxel counts for two.
 *
 * Source: `surface-distance` of Google DeepMind
 */
export function boundaryCells(masks: PaddedMasks, spacingMm: Triple): SurfaceGrid {
  const { bits, shape, isFlat, rowStart, rowStop } = masks;
  const [depth, height, width] = shape;
  const rows = height + 2;
  const row = width + 2;
  const points = collectPoints([isFlat ? 1 : depth + 1, height + 1, width + 1], spacingMm);
  for (let d = 0; d < (isFlat ? 1 : depth + 1); d++)
    for (let h = 0; h < height + 1; h++) {
      // The four rows of voxels around a row of cells; in one slice the rows below are those above.
      const above = (isFlat ? 1 : d) * rows + h;
      const below = isFlat ? above : above + rows;
      const around = [above, above + 1, below, below + 1];
      const start = Math.min(...around.map((n) => rowStart[n]));
      const stop = Math.max(...around.map((n) => rowStop[n]));
      const cells = points.rowAt(d, h);
      // Before the first voxel that is inside there is a column of four that are not.
      let before = OUTSIDE;
      for (let w = start; w <= stop; w++) {
        const near = (bits[above * row + w] << 6) | (bits[below * row + w] << 4);
        const column = nibbles[near | (bits[(above + 1) * row + w] << 2) | bits[(below + 1) * row + w]];
        if (before !== column || (column !== OUTSIDE && column !== INSIDE)) {
          const prediction = (before & 0xf0) | (column >> 4);
          const reference = ((before & 0x0f) << 4) | (column & 0x0f);
          if (prediction !== OUTSIDE && prediction !== INSIDE) points.add(cells + w - 1, PREDICTION, prediction);
          if (reference !== OUTSIDE && reference !== INSIDE) points.add(cells + w - 1, REFERENCE, reference);
        }
        before = column;
      }
    }
  return points.grid();
}

/** Of four voxels' bits side by side, two each: the prediction's four in the upper half, the reference's in the lower. */
const nibbles = Uint8Array.from({ length: 256 }, (_, pairs) =>
  [0, 1, 2, 3].reduce((sum, n) => {
    const pair = (pairs >> (2 * n)) & 3;
    return sum | ((pair & PREDICTION) << (4 + n)) | (((pair & REFERENCE) >> 1) << n);
  }, 0),
);
