import { chain, inverse, spacingMmOf, type Triple } from "../volume/affine.ts";
import { ShapeError } from "../volume/errors.ts";
import type { AxisMoves } from "../volume/orientation.ts";
import { cornersOf, type Grid, voxelCountOf } from "../volume/volume.ts";
import type { Interpolation } from "./axis-table.ts";

/** What a caller may ask for: one word for all axes, one for each, or nnU-Net's rule for thick slices. */
export type InterpolationChoice =
  | Interpolation
  | "anisotropic"
  | readonly [Interpolation, Interpolation, Interpolation];

/** How the target's voxels lie in the source: along its axes after a move of axes, or anyhow. */
export type Relation =
  | { readonly kind: "aligned"; readonly moves: AxisMoves; readonly scale: Triple; readonly offset: Triple }
  | { readonly kind: "oblique"; readonly targetToSource: readonly number[] };

/** Ratio of the largest spacing to the smallest from which slices count as thick. Source: nnU-Net's ANISO_THRESHOLD. */
export const THICK_SLICE_RATIO = 3;

/** Farthest that a voxel may move when a slight tilt between two grids is ignored. Units: source voxels */
const ALIGNMENT_TOLERANCE = 1e-4;

/** More voxels than any scan has; a target beyond it is a mistake in a spacing. */
const MOST_VOXELS = 2 ** 31;

/**
 * Interpolation for each axis: cubic, but nearest through slices that are more than three times as thick as their
 * pixels are wide, before or after. Two thick axes against a thin one are left cubic.
 *
 * Source: nnU-Net v2, `determine_do_sep_z_and_axis`
 */
export function anisotropicInterpolation(
  sourceMm: Triple,
  targetMm: Triple,
): readonly [Interpolation, Interpolation, Interpolation] {
  const decisive = [sourceMm, targetMm].find((mm) => Math.max(...mm) / Math.min(...mm) > THICK_SLICE_RATIO);
  const thickest = decisive === undefined ? [] : axesWhere(decisive, (mm) => mm === Math.max(...decisive));
  const of = (axis: number) => (thickest.length === 1 && thickest[0] === axis ? "nearest" : "cubic");
  return [of(0), of(1), of(2)];
}

function axesWhere(values: Triple, test: (value: number) => boolean): readonly number[] {
  return [0, 1, 2].filter((axis) => test(values[axis]));
}

/** The words of all three axes. */
export function interpolationPerAxis(
  choice: InterpolationChoice,
  { source, target }: { readonly source: Grid; readonly target: Grid },
): readonly [Interpolation, Interpolation, Interpolation] {
  if (choice === "anisotropic")
    return anisotropicInterpolation(spacingMmOf(source.indexToLps), spacingMmOf(target.indexToLps));
  return typeof choice === "string" ? [choice, choice, choice] : choice;
}

/** Where the target's voxels lie in the source. */
export function relationOf({ source, target }: { readonly source: Grid; readonly target: Grid }): Relation {
  const { rows } = chain(target.indexToLps, inverse(source.indexToLps));
  const oblique: Relation = { kind: "oblique", targetToSource: rows.slice(0, 12) };
  const sourceAxis = [0, 1, 2].map((axis) => strongestSource(rows, axis)) as unknown as Triple;
  if (new Set(sourceAxis).size < 3) return oblique;
  const straight = rows.map((value, n) => (n % 4 === 3 || sourceAxis[n % 4] === Math.floor(n / 4) ? value : 0));
  if (largestShift(rows, straight, target.shape) > ALIGNMENT_TOLERANCE) return oblique;
  const step = sourceAxis.map((from, axis) => rows[4 * from + axis]);
  const flipped = step.map((value) => value < 0) as [boolean, boolean, boolean];
  const offset = sourceAxis.map((from, axis) =>
    flipped[axis] ? source.shape[from] - 1 - rows[4 * from + 3] : rows[4 * from + 3],
  );
  return {
    kind: "aligned",
    moves: { sourceAxis, flipped },
    scale: step.map(Math.abs) as unknown as Triple,
    offset: offset as unknown as Triple,
  };
}

/** The source axis that a target axis runs along most. */
function strongestSource(rows: readonly number[], axis: number): number {
  const lengths = [0, 1, 2].map((from) => Math.abs(rows[4 * from + axis]));
  return lengths.indexOf(Math.max(...lengths));
}

/** How far apart two matrices take a voxel of the target, at most. */
function largestShift(rows: readonly number[], others: readonly number[], [d, h, w]: Triple): number {
  const shifts = cornersOf([d - 1, h - 1, w - 1]).flatMap((corner) =>
    [0, 4, 8].map((row) =>
      Math.abs(corner.reduce((sum, index, axis) => sum + (rows[row + axis] - others[row + axis]) * index, 0)),
    ),
  );
  return Math.max(...shifts);
}

/**
 * Refuses a shape to resample to that no volume can have.
 *
 * Errors: ShapeError when a side is not a positive whole number or there would be more than 2^31 voxels
 */
export function assertTargetShape(shape: Triple): void {
  const fits = shape.every((side) => Number.isInteger(side) && side > 0) && voxelCountOf(shape) <= MOST_VOXELS;
  if (fits) return;
  throw new ShapeError({
    code: "R_SHAPE",
    where: "resample",
    expected: `three positive whole sides and at most ${MOST_VOXELS} voxels`,
    got: `[${shape}]`,
    next: "Check the wanted shape or spacing",
  });
}

/** Farthest beyond a source's outer faces that still counts as inside. Units: source voxels */
export const INSIDE_TOLERANCE = 1e-6;

/** The outputs of one axis that lie inside the source. */
export function insideRange(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  { scale, offset }: { readonly scale: number; readonly offset: number },
): { readonly start: number; readonly stop: number } {
  const within = (value: number) => Math.min(Math.max(value, 0), outputs);
  const start = within(Math.ceil((-0.5 - INSIDE_TOLERANCE - offset) / scale));
  const stop = within(Math.floor((inputs - 0.5 + INSIDE_TOLERANCE - offset) / scale) + 1);
  return { start, stop: Math.max(start, stop) };
}
