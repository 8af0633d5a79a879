import { type IndexToLps, indexToLpsOf, type Triple } from "../volume/affine.ts";
import { FormatError } from "../volume/errors.ts";
import { axisMovesBetween } from "../volume/orientation.ts";

/** Whose place is looked at, and the first part of error codes, such as `N` in `N_SPACING`. */
export interface PlaceSubject {
  readonly where: string;
  readonly prefix: string;
}

/** Voxels from a hundredth of a micrometre to a metre; anything else is a damaged header. */
const SPACING_RANGE_MM = [1e-5, 1000] as const;

/** Largest cosine between two axes that still counts as a right angle: what single precision leaves of one. */
const SHEAR_TOLERANCE = 1e-3;

/**
 * Refuses voxel sizes that no scan can have, also those that are no numbers.
 *
 * Errors: FormatError <prefix>_SPACING
 */
export function assertSpacing(spacingMm: readonly number[], { where, prefix }: PlaceSubject): void {
  const [least, most] = SPACING_RANGE_MM;
  if (!spacingMm.every((step) => step >= least && step <= most))
    throw new FormatError({
      code: `${prefix}_SPACING`,
      where,
      expected: `voxel sizes of ${least} to ${most} mm`,
      got: `[${spacingMm}]`,
      next: "Repair the header, or export the image again",
    });
}

/** Whether the axes are at right angles. */
export function isSquare(indexToLps: IndexToLps): boolean {
  return shearOf(indexToLps) <= SHEAR_TOLERANCE;
}

/**
 * Refuses axes that are not at right angles.
 *
 * Errors: FormatError <prefix>_SHEAR
 */
export function assertSquare(indexToLps: IndexToLps, { where, prefix }: PlaceSubject): void {
  if (isSquare(indexToLps)) return;
  throw new FormatError({
    code: `${prefix}_SHEAR`,
    where,
    expected: "axes at right angles",
    got: `a cosine of ${shearOf(indexToLps).toPrecision(3)} between two of them`,
    next: "Pass --straighten to resample it to a straight grid",
  });
}

/** Largest absolute cosine between two axes. */
function shearOf({ rows }: IndexToLps): number {
  const cosine = (p: number, q: number) => {
    const dot = rows[p] * rows[q] + rows[p + 4] * rows[q + 4] + rows[p + 8] * rows[q + 8];
    const lengths = Math.hypot(rows[p], rows[p + 4], rows[p + 8]) * Math.hypot(rows[q], rows[q + 4], rows[q + 8]);
    return Math.abs(dot / lengths);
  };
  return Math.max(cosine(0, 1), cosine(0, 2), cosine(1, 2));
}

/** The matrix of voxels whose axes point along patient axes, such as `SAR`, the first voxel at 0. */
export function indexToLpsAlong(orientation: string, spacingMm: Triple, where: string): IndexToLps {
  const { sourceAxis, flipped } = axisMovesBetween(orientation, "SPL");
  const rows = new Array<number>(16).fill(0);
  for (const [target, source] of sourceAxis.entries()) {
    const world = 2 - target; // S, P, L are the z, y and x rows
    rows[4 * world + source] = (flipped[target] ? -1 : 1) * spacingMm[source];
  }
  rows[15] = 1;
  return indexToLpsOf(rows, where);
}

/** The refusal of a file that does not say which side is left. */
export function noOrientationError({ where, prefix }: PlaceSubject, expected: string): FormatError {
  return new FormatError({
    code: `${prefix}_NO_ORIENT`,
    where,
    expected,
    got: "none",
    next: "State the orientation of the axes yourself if you know it (assumeOrientation)",
  });
}
