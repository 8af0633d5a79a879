/** How a value between voxels is found. */
export type Interpolation = "nearest" | "linear" | "cubic";

/** Where the samples of one axis come from: output m sums `taps` inputs from `start[m]` on. */
export interface AxisTable {
  readonly taps: number;
  /** [outputs] */
  readonly start: Int32Array;
  /** [outputs, taps] */
  readonly weights: Float64Array;
  /** Whether the inputs must first go through the cubic spline's prefilter; the weights then carry its gain of 6. */
  readonly prefiltered: boolean;
}

/** The samples wanted along one axis: output m lies at input index `scale * m + offset`. */
export interface AxisSampling {
  readonly inputs: number;
  readonly outputs: number;
  readonly scale: number;
  readonly offset: number;
  readonly interpolation: Interpolation;
  /** Standard deviation of a Gaussian that smooths the inputs first; 0 for none. Units: voxels */
  readonly sigmaVoxels?: number;
}

/** Pole of the cubic B-spline's inverse filter. */
export const SPLINE_POLE = Math.sqrt(3) - 2;

/** Coordinates this close to an integer or to half way count as there, whatever the rounding of scale * m. */
const COORDINATE_TOLERANCE = 1e-9;

/** Reach of the inverse filter where it is written out: 0.268^14 is below the precision of a float. */
const INVERSE_REACH = 14;

/** Standard deviations that the Gaussian reaches, as SciPy's `truncate`. */
const GAUSSIAN_REACH = 4;

/** What each input contributes to one output. */
type Row = ReadonlyMap<number, number>;

/**
 * The weights that interpolate along one axis. Beyond its ends the signal goes on with the value of the last voxel.
 *
 * Source: Unser 1999, doi:10.1109/79.799930 (cubic B-spline); SciPy `zoom(mode="nearest", grid_mode=True)` and
 *         scikit-image `resize(anti_aliasing=True)` give the same numbers
 */
export function axisTableOf(sampling: AxisSampling): AxisTable {
  const { inputs, outputs, scale, offset, interpolation, sigmaVoxels = 0 } = sampling;
  const coordinates = Array.from({ length: outputs }, (_, m) => scale * m + offset);
  const onVoxels =
    inputs === 1 || coordinates.every((x) => Math.abs(x - clamp(Math.round(x), inputs)) < COORDINATE_TOLERANCE);
  const gaussian = sigmaVoxels > 0 ? gaussianOf(sigmaVoxels) : undefined;
  const rowAt = (x: number) => {
    if (interpolation === "nearest" || onVoxels) return nearestRow(x, inputs);
    if (interpolation === "linear") return linearRow(x, inputs);
    return gaussian === undefined ? splineRow(x, inputs) : explicitSplineRow(x, inputs);
  };
  const rows = coordinates.map((x) =>
    gaussian === undefined ? rowAt(x) : spread(rowAt(x), { kernel: gaussian, inputs }),
  );
  return { ...packed(rows, inputs), prefiltered: interpolation === "cubic" && !onVoxels && gaussian === undefined };
}

function clamp(index: number, inputs: number): number {
  return Math.min(Math.max(index, 0), inputs - 1);
}

/** The row of some contributions; what falls beyond the ends goes to the nearest voxel. */
function clampedRow(contributions: Iterable<readonly [index: number, weight: number]>, inputs: number): Row {
  const row = new Map<number, number>();
  for (const [index, weight] of contributions) {
    const inside = clamp(index, inputs);
    if (weight !== 0) row.set(inside, (row.get(inside) ?? 0) + weight);
  }
  return row;
}

function nearestRow(x: number, inputs: number): Row {
  return new Map([[clamp(Math.floor(x + 0.5 + COORDINATE_TOLERANCE), inputs), 1]]);
}

function linearRow(x: number, inputs: number): Row {
  const first = Math.floor(x);
  const contributions = [
    [first, 1 - (x - first)],
    [first + 1, x - first],
  ] as const;
  return clampedRow(contributions, inputs);
}

/** The four spline coefficients around `x`, with six times the cubic B-spline's values there. */
function splineTaps(x: number): readonly (readonly [index: number, weight: number])[] {
  const first = Math.floor(x);
  const t = x - first;
  const s = 1 - t;
  const values = [s ** 3, 4 - 6 * t * t + 3 * t ** 3, 4 - 6 * s * s + 3 * s ** 3, t ** 3];
  return values.map((value, n) => [first - 1 + n, value]);
}

function splineRow(x: number, inputs: number): Row {
  const contributions = splineTaps(x).flatMap(([index, weight]) => coefficientsWithin(index, inputs, weight));
  return clampedRow(contributions, inputs);
}

/**
 * A weight on a spline coefficient that may lie beyond the ends, as weights on coefficients inside. The coefficients of
 * a signal that goes on with its last value decay by the pole: each is a mixture of the last two inside.
 */
function coefficientsWithin(index: number, inputs: number, weight: number): readonly (readonly [number, number])[] {
  const end = clamp(index, inputs);
  if (end === index) return [[end, weight]];
  const share = (1 - SPLINE_POLE ** (Math.abs(index - end) + 1)) / (1 - SPLINE_POLE);
  return [
    [end, weight * share],
    [end === 0 ? 1 : end - 1, weight * (1 - share)],
  ];
}

/** The same with the inverse filter written out, so that weights apply to the voxels themselves. */
function explicitSplineRow(x: number, inputs: number): Row {
  const gain = -SPLINE_POLE / (1 - SPLINE_POLE ** 2);
  const inverse = symmetric(INVERSE_REACH, (k) => gain * SPLINE_POLE ** Math.abs(k));
  return clampedRow(
    splineTaps(x).flatMap(([index, weight]) => inverse.map(([k, value]) => [index + k, weight * value] as const)),
    inputs,
  );
}

type Kernel = readonly (readonly [shift: number, weight: number])[];

function symmetric(reach: number, weightAt: (shift: number) => number): Kernel {
  return Array.from({ length: 2 * reach + 1 }, (_, n) => [n - reach, weightAt(n - reach)]);
}

/** A normalised Gaussian. */
function gaussianOf(sigma: number): Kernel {
  const reach = Math.floor(GAUSSIAN_REACH * sigma + 0.5);
  const kernel = symmetric(reach, (k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const sum = kernel.reduce((total, [, weight]) => total + weight, 0);
  return kernel.map(([shift, weight]) => [shift, weight / sum]);
}

/** The row that gives, on the voxels, what `row` gives on the voxels smoothed by a kernel. */
function spread(row: Row, { kernel, inputs }: { readonly kernel: Kernel; readonly inputs: number }): Row {
  const contributions = [...row].flatMap(([index, weight]) =>
    kernel.map(([shift, value]) => [index + shift, weight * value] as const),
  );
  return clampedRow(contributions, inputs);
}

/** All rows with one number of taps, so that kernels need no bookkeeping. */
function packed(rows: readonly Row[], inputs: number): Pick<AxisTable, "taps" | "start" | "weights"> {
  const firsts = rows.map((row) => Math.min(...row.keys()));
  const taps = rows.reduce((widest, row, m) => Math.max(widest, Math.max(...row.keys()) - firsts[m] + 1), 1);
  const start = Int32Array.from(firsts, (first) => Math.min(first, inputs - taps));
  const weights = new Float64Array(rows.length * taps);
  rows.forEach((row, m) => {
    for (const [index, weight] of row) weights[m * taps + index - start[m]] = weight;
  });
  return { taps, start, weights };
}
