import { spacingMmOf, type Triple } from "../../../volume/affine.ts";
import { axisMovesBetween, orientationOf } from "../../../volume/orientation.ts";
import type { Grid } from "../../../volume/volume.ts";

/** One of the three planes that radiologists look at. */
export interface View {
  readonly name: "axial" | "coronal" | "sagittal";
  /** Patient directions of [across slices, down the picture, to the right of it]. */
  readonly axes: string;
}

/** Radiological convention: the patient's right is on the picture's left, anterior is up or on the left. */
export const views: readonly View[] = [
  { name: "axial", axes: "SPL" },
  { name: "coronal", axes: "PIL" },
  { name: "sagittal", axes: "LIP" },
];

/** The planes of a grid that lie closest to a view, and how to step through its voxels along them. */
export interface Planes {
  readonly view: View;
  /** Planes, rows, columns. */
  readonly shape: Triple;
  /** Between planes, rows, columns. */
  readonly spacingMm: Triple;
  /** Flat index of the first voxel of plane 0, and the steps to the next plane, row and column. */
  readonly start: number;
  readonly steps: Triple;
}

/** How a grid is cut for a view, without moving a voxel. */
export function planesOf(grid: Grid, view: View): Planes {
  const { sourceAxis, flipped } = axisMovesBetween(orientationOf(grid.indexToLps), view.axes);
  const strides: Triple = [grid.shape[1] * grid.shape[2], grid.shape[2], 1];
  const spacing = spacingMmOf(grid.indexToLps);
  const pick = (of: Triple): Triple => [of[sourceAxis[0]], of[sourceAxis[1]], of[sourceAxis[2]]];
  const shape = pick(grid.shape);
  const strideOf = pick(strides);
  const start = [0, 1, 2].reduce((sum, axis) => sum + (flipped[axis] ? (shape[axis] - 1) * strideOf[axis] : 0), 0);
  const steps = strideOf.map((stride, axis) => (flipped[axis] ? -stride : stride)) as unknown as Triple;
  return { view, shape, spacingMm: pick(spacing), start, steps };
}

/** The letters at the left, right, top and bottom of a view's picture. */
export function edgeLetters({ axes }: View): {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
} {
  return { left: opposite[axes[2]], right: axes[2], top: opposite[axes[1]], bottom: axes[1] };
}

const opposite: Readonly<Record<string, string>> = { L: "R", R: "L", P: "A", A: "P", S: "I", I: "S" };
