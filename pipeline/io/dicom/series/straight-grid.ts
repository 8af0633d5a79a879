import { indexToLpsFromSteps, spacingMmOf, type Triple, transformPoint } from "../../../volume/affine.ts";
import type { Grid } from "../../../volume/volume.ts";

/**
 * A straight grid around a tilted stack: rows and columns as they are, slices moved along the normal alone, rows and
 * columns added until every voxel of the stack lies inside.
 *
 * Units:  mm, LPS+
 */
export function straightGridOf({ shape, indexToLps }: Grid): Grid {
  const { rows } = indexToLps;
  const columnOf = (axis: number) => [rows[axis], rows[axis + 4], rows[axis + 8]];
  const [stepD, stepH, stepW] = [columnOf(0), columnOf(1), columnOf(2)];
  const spacing = spacingMmOf(indexToLps);
  const alongH = dot(stepD, stepH) / spacing[1] ** 2;
  const alongW = dot(stepD, stepW) / spacing[2] ** 2;
  const straightD = stepD.map((mm, axis) => mm - alongH * stepH[axis] - alongW * stepW[axis]);
  // Voxels by which the last slice lies aside, in rows and columns.
  const [shiftH, shiftW] = [alongH * (shape[0] - 1), alongW * (shape[0] - 1)];
  const start: Triple = [0, Math.floor(Math.min(0, shiftH)), Math.floor(Math.min(0, shiftW))];
  const stop = [shape[0], shape[1] + Math.ceil(Math.max(0, shiftH)), shape[2] + Math.ceil(Math.max(0, shiftW))];
  return {
    shape: [stop[0], stop[1] - start[1], stop[2] - start[2]],
    indexToLps: indexToLpsFromSteps(
      { d: straightD, h: stepH, w: stepW },
      { originXyz: transformPoint(indexToLps, start), where: "straightened grid" },
    ),
  };
}

function dot(first: readonly number[], second: readonly number[]): number {
  return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
}
