import { chain, inverse, spacingMmOf, type Triple, transformPoint } from "./affine.ts";
import { GeometryError } from "./errors.ts";
import {
  cornersOf,
  type Grid,
  type LabelArray,
  type LabelMap,
  SAME_GRID_TOLERANCE_MM,
  voxelCountOf,
} from "./volume.ts";

/** How the labels' own index follows from the grid's: `labels[axis] = sign * grid[source] + offset`. */
interface AxisStep {
  readonly source: number;
  readonly sign: number;
  readonly offset: number;
}

/**
 * The same labels on a grid whose voxels coincide with theirs, though its axes may run elsewhere and its field may be larger.
 *
 * Nothing is resampled: every label keeps its place in the patient. The same map comes back where the grids are equal.
 *
 * Shape:  [D, H, W] of the labels -> [D, H, W] of the grid
 * Empty:  voxels of the grid outside the labels' field are background
 * Errors: GeometryError when voxel centres do not coincide within 1e-3 mm, or the labels reach outside the grid
 */
export function placeOnGrid(labels: LabelMap, grid: Grid, where: string): LabelMap {
  const steps = axisStepsOf(labels, grid, where);
  assertCoincide(labels, { grid, steps, where });
  const unchanged = steps.every(({ source, sign, offset }, axis) => source === axis && sign === 1 && offset === 0);
  if (unchanged && String(labels.shape) === String(grid.shape)) return { ...labels, indexToLps: grid.indexToLps };
  return { data: copied(labels, grid.shape, steps), shape: grid.shape, indexToLps: grid.indexToLps };
}

function axisStepsOf(labels: Grid, grid: Grid, where: string): readonly AxisStep[] {
  const { rows } = chain(grid.indexToLps, inverse(labels.indexToLps));
  const steps = [0, 1, 2].map((axis): AxisStep => {
    const row = rows.slice(4 * axis, 4 * axis + 3);
    const source = row.findIndex((value) => Math.abs(value) > 0.5);
    return { source, sign: Math.sign(row[source] ?? 0), offset: Math.round(rows[4 * axis + 3]) };
  });
  const sources = new Set(steps.map(({ source }) => source));
  if (sources.size === 3 && !sources.has(-1)) return steps;
  throw misplaced(where, "axes that point elsewhere", { labels, grid });
}

/** Compares where the matrices put the corners of the labels' field with where the whole-number steps put them. */
function assertCoincide(
  labels: Grid,
  { grid, steps, where }: { grid: Grid; steps: readonly AxisStep[]; where: string },
): void {
  const [d, h, w] = labels.shape;
  for (const corner of cornersOf([d - 1, h - 1, w - 1])) {
    const onGrid = gridIndexOf(corner, steps);
    if (onGrid.some((index, axis) => index < 0 || index >= grid.shape[axis]))
      throw misplaced(where, `a corner at index [${onGrid}], outside the grid's field`, { labels, grid });
    const [px, py, pz] = transformPoint(labels.indexToLps, corner);
    const [qx, qy, qz] = transformPoint(grid.indexToLps, onGrid);
    const distanceMm = Math.hypot(px - qx, py - qy, pz - qz);
    if (distanceMm > SAME_GRID_TOLERANCE_MM)
      throw misplaced(where, `voxels ${distanceMm.toPrecision(3)} mm away`, { labels, grid });
  }
}

function gridIndexOf(index: Triple, steps: readonly AxisStep[]): Triple {
  const onGrid: [number, number, number] = [0, 0, 0];
  for (const [axis, { source, sign, offset }] of steps.entries()) onGrid[source] = sign * (index[axis] - offset);
  return onGrid;
}

function copied({ data, shape }: LabelMap, gridShape: Triple, steps: readonly AxisStep[]): LabelArray {
  const output = new (data.constructor as new (length: number) => LabelArray)(voxelCountOf(gridShape));
  const gridStrides = [gridShape[1] * gridShape[2], gridShape[2], 1];
  const [strideD, strideH, strideW] = steps.map(({ source, sign }) => sign * gridStrides[source]) as [
    number,
    number,
    number,
  ];
  const start = steps.reduce((sum, { source, sign, offset }) => sum - sign * offset * gridStrides[source], 0);
  const [depth, height, width] = shape;
  let i = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++) {
      let at = start + d * strideD + h * strideH;
      for (let w = 0; w < width; w++, i++, at += strideW) output[at] = data[i];
    }
  return output;
}

function misplaced(
  where: string,
  got: string,
  { labels, grid }: { readonly labels: Grid; readonly grid: Grid },
): GeometryError {
  const sizeOf = ({ shape, indexToLps }: Grid) =>
    `[${shape}] of ${spacingMmOf(indexToLps)
      .map((mm) => Number(mm.toPrecision(6)))
      .join(" x ")} mm`;
  return new GeometryError({
    code: "G_GRID",
    where,
    expected: `labels on voxels of the reference grid within ${SAME_GRID_TOLERANCE_MM} mm`,
    got: `${got} (labels ${sizeOf(labels)}, grid ${sizeOf(grid)})`,
    next: "Pass the series that was segmented, or resample the labels to its grid first",
  });
}
