import { GeometryError } from "./errors.ts";

/** Three values in array order [D, H, W] = [z, y, x]. */
export type Triple = readonly [number, number, number];

/** A 4 x 4 matrix, row-major, that takes column vectors of one space to another. */
export interface Affine<From extends string, To extends string> {
  readonly from: From;
  readonly to: To;
  readonly rows: readonly number[];
}

/** Voxel index [d, h, w] to patient position [x, y, z] in mm, LPS+. */
export type IndexToLps = Affine<"index", "lps">;

/** Ratio of the parallelepiped's volume to that of a box with the same edges, below which the axes count as parallel. */
const SINGULAR_RATIO = 1e-6;

/**
 * Checks and freezes an index-to-LPS matrix.
 *
 * Shape:  rows [16] row-major; columns follow [D, H, W, origin], rows [x, y, z, 1]
 * Errors: GeometryError when a number is not finite, the axes are parallel or zero, or the last row is not 0 0 0 1
 */
export function indexToLpsOf(rows: readonly number[], where: string): IndexToLps {
  const affine: IndexToLps = {
    from: "index",
    to: "lps",
    rows: Object.freeze([...rows]),
  };
  const fault = faultOf(affine);
  if (fault !== undefined)
    throw new GeometryError({
      code: "G_AFFINE",
      where,
      expected: "an invertible index-to-patient matrix of finite numbers",
      got: fault,
      next: "Repair the header or export the scan again",
    });
  return affine;
}

function faultOf(affine: IndexToLps): string | undefined {
  const { rows } = affine;
  if (rows.length !== 16) return `${rows.length} numbers instead of 16`;
  if (!rows.every(Number.isFinite)) return "a number that is not finite";
  if (rows[12] !== 0 || rows[13] !== 0 || rows[14] !== 0 || rows[15] !== 1) return "a last row other than 0 0 0 1";
  const [d, h, w] = spacingMmOf(affine);
  const edges = d * h * w;
  if (!(edges > 0)) return "an axis of no length";
  if (edges === Infinity) return "an axis of endless length";
  if (Math.abs(determinant3(rows)) / edges < SINGULAR_RATIO) return "axes that lie in one plane";
  return undefined;
}

/** Index-to-LPS matrix from the step in mm along each array axis and the centre of voxel [0, 0, 0], all [x, y, z]. */
export function indexToLpsFromSteps(
  steps: {
    readonly d: readonly number[];
    readonly h: readonly number[];
    readonly w: readonly number[];
  },
  { originXyz, where }: { readonly originXyz: readonly number[]; readonly where: string },
): IndexToLps {
  const row = (axis: number) => [steps.d[axis], steps.h[axis], steps.w[axis], originXyz[axis]];
  return indexToLpsOf([...row(0), ...row(1), ...row(2), 0, 0, 0, 1] as number[], where);
}

/** Voxel spacing. Units: mm, order [D, H, W]. */
export function spacingMmOf({ rows }: IndexToLps): Triple {
  const columnLength = (c: number) => Math.hypot(rows[c], rows[c + 4], rows[c + 8]);
  return [columnLength(0), columnLength(1), columnLength(2)];
}

/** Patient position of the centre of voxel [0, 0, 0]. Units: mm, order [x, y, z], LPS+. */
export function originXyzOf({ rows }: IndexToLps): Triple {
  return [rows[3], rows[7], rows[11]];
}

/** Volume of one voxel in mm³, sheared grids included. */
export function voxelVolumeMm3Of({ rows }: IndexToLps): number {
  return Math.abs(determinant3(rows));
}

/** Determinant of the linear 3 x 3 part. */
export function determinant3(rows: readonly number[]): number {
  const [a, b, c, , d, e, f, , g, h, i] = rows as number[];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}

/** First one affine, then the next. */
export function chain<A extends string, B extends string, C extends string>(
  first: Affine<A, B>,
  next: Affine<NoInfer<B>, C>,
): Affine<A, C> {
  return {
    from: first.from,
    to: next.to,
    rows: multiply4(next.rows, first.rows),
  };
}

/** The affine that leads back. */
export function inverse<A extends string, B extends string>({ from, to, rows }: Affine<A, B>): Affine<B, A> {
  const [a, b, c, x, d, e, f, y, g, h, i, z] = rows as number[];
  const det = determinant3(rows);
  const m = [
    (e * i - f * h) / det,
    (c * h - b * i) / det,
    (b * f - c * e) / det,
    (f * g - d * i) / det,
    (a * i - c * g) / det,
    (c * d - a * f) / det,
    (d * h - e * g) / det,
    (b * g - a * h) / det,
    (a * e - b * d) / det,
  ] as number[];
  const back = (r: number) => -(m[r] * x + m[r + 1] * y + m[r + 2] * z);
  return {
    from: to,
    to: from,
    rows: [m[0], m[1], m[2], back(0), m[3], m[4], m[5], back(3), m[6], m[7], m[8], back(6), 0, 0, 0, 1] as number[],
  };
}

/** Where an affine takes a point. */
export function transformPoint({ rows }: Affine<string, string>, [p, q, r]: Triple): Triple {
  const at = (k: number) => rows[k] * p + rows[k + 1] * q + rows[k + 2] * r + rows[k + 3];
  return [at(0), at(4), at(8)];
}

function multiply4(left: readonly number[], right: readonly number[]): readonly number[] {
  return Array.from({ length: 16 }, (_, n) => {
    const row = n & ~3;
    const column = n & 3;
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += left[row + k] * right[4 * k + column];
    return sum;
  });
}
