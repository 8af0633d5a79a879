import { indexToLpsFromSteps, type Triple } from "../../../volume/affine.ts";
import { GeometryError } from "../../../volume/errors.ts";
import type { Limits } from "../../../volume/limits.ts";
import type { Warning } from "../../../volume/scan.ts";
import type { Grid } from "../../../volume/volume.ts";
import { segmentationError } from "./segmentation-error.ts";
import type { StoredSegmentation } from "./stored-segmentation.ts";

/** Where the frames lie: the smallest regular grid around them, and the slice of each. */
export interface FrameGrid {
  readonly grid: Grid;
  /** Index along D per frame. */
  readonly sliceOf: readonly number[];
  readonly warnings: readonly Warning[];
}

/** Distance between frames that count as lying on one slice: the precision of a position's text. Units: mm */
const SAME_SLICE_MM = 1e-3;

/** How far a slice may lie from its place in a regular grid: 1 % of a step, or 0.01 mm where that is more. */
const JITTER = { ofStep: 0.01, mm: 0.01 } as const;

/** Sideways shift per mm of step, above which frames are sheared; rounded positions stay below. */
const LEAN = 1e-3;

/** A step, and whether the file says so. */
interface Step {
  readonly mm: number;
  readonly isStated: boolean;
}

/**
 * The smallest regular grid that holds all frames of a segmentation, which leaves out slices without a segment.
 *
 * Slices ascend along rows x columns. The step is the Spacing Between Slices that the file states, where all frames fit
 * it, else the smallest distance between two of them, with a warning where slices are missing between frames.
 *
 * Errors: GeometryError S_IRREGULAR when positions do not fit a regular grid, or the grid has more slices than the limits
 *         allow; FormatError D_SPACING when a single slice has no thickness
 */
export function frameGridOf(stored: StoredSegmentation, limits: Limits): FrameGrid {
  const { rows, columns, frames, where } = stored;
  const { orientation, spacingMm } = stored.plane;
  const row = orientation.slice(0, 3) as unknown as Triple;
  const column = orientation.slice(3, 6) as unknown as Triple;
  const normal = cross(row, column);
  const heights = frames.map(({ positionXyz }) => dot(positionXyz, normal));
  const lowest = extremeOf(heights, (height, best) => height < best);
  const highest = extremeOf(heights, (height, best) => height > best);
  const offsets = heights.map((height) => height - heights[lowest]);
  const step = stepOf(offsets, stored);
  const sliceOf = offsets.map((offset) => Math.round(offset / step.mm));
  const depth = sliceOf[highest] + 1;
  if (depth > limits.slices) throw irregular(where, `at most ${limits.slices} slices`, `${depth}`);
  const originXyz = frames[lowest].positionXyz;
  // The exact distance between the outermost frames: a stated step may be rounded, and slices may lean a little.
  const d =
    depth > 1 ? scaled(difference(frames[highest].positionXyz, originXyz), 1 / (depth - 1)) : scaled(normal, step.mm);
  assertInLine(stored, { originXyz, d, sliceOf, normal });
  const steps = { d, h: scaled(column, spacingMm[0]), w: scaled(row, spacingMm[1]) };
  return {
    grid: { shape: [depth, rows, columns], indexToLps: indexToLpsFromSteps(steps, { originXyz, where }) },
    sliceOf,
    warnings: step.isStated || new Set(sliceOf).size === depth ? [] : [stepWarning(where, step.mm)],
  };
}

function stepOf(
  offsets: readonly number[],
  { plane: { betweenSlicesMm, thicknessMm }, where }: StoredSegmentation,
): Step {
  const apart = offsets.filter((offset) => offset > SAME_SLICE_MM).sort((one, other) => one - other);
  if (apart.length === 0) return aloneStepOf(betweenSlicesMm ?? thicknessMm, where);
  if (betweenSlicesMm !== undefined && apart.every((offset) => fits(offset, betweenSlicesMm)))
    return { mm: betweenSlicesMm, isStated: true };
  const gaps = apart.map((offset, n) => offset - (apart[n - 1] ?? 0)).filter((gap) => gap > SAME_SLICE_MM);
  const mm = gaps.reduce((least, gap) => Math.min(least, gap), Infinity);
  if (apart.every((offset) => fits(offset, mm))) return { mm, isStated: false };
  throw irregular(where, "slices at a regular step", "other distances between them");
}

/** A single slice is as thick as the file says; without a thickness it has no volume that anyone could measure. */
function aloneStepOf(statedMm: number | undefined, where: string): Step {
  if (statedMm !== undefined) return { mm: statedMm, isStated: true };
  throw segmentationError(where, { code: "D_SPACING", expected: "a thickness of the only slice", got: "none" });
}

function fits(offset: number, step: number): boolean {
  const tolerance = Math.max(JITTER.ofStep * step, JITTER.mm);
  return offset > step - tolerance && Math.abs(offset - Math.round(offset / step) * step) <= tolerance;
}

/** Frames of one volume lie on one line, straight behind each other: any other offset would move their pixels. */
function assertInLine(
  { frames, where }: StoredSegmentation,
  { originXyz, d, sliceOf, normal }: { originXyz: Triple; d: Triple; sliceOf: readonly number[]; normal: Triple },
): void {
  const step = Math.hypot(...d);
  const depth = sliceOf.reduce((most, slice) => Math.max(most, slice), 1);
  const leanMm = Math.hypot(...difference(d, scaled(normal, dot(d, normal))));
  const tolerance = Math.max(JITTER.ofStep * step, JITTER.mm);
  const asideMm = frames.map(({ positionXyz }, frame) =>
    Math.hypot(...difference(difference(positionXyz, originXyz), scaled(d, sliceOf[frame]))),
  );
  const worst = asideMm.reduce((most, mm) => Math.max(most, mm), 0);
  if (worst > tolerance) throw irregular(where, "frames one behind the other", `one ${worst.toPrecision(3)} mm aside`);
  if (leanMm > Math.max(LEAN * step, JITTER.mm / depth))
    throw irregular(where, "frames straight behind each other", `${leanMm.toPrecision(3)} mm aside at each step`);
}

function stepWarning(where: string, mm: number): Warning {
  const text = `slices are missing between the frames, and the file does not say their distance; ${mm.toPrecision(6)} mm, the smallest between two frames, was taken`;
  return { code: "L_STEP", where, text };
}

function extremeOf(values: readonly number[], isBetter: (value: number, best: number) => boolean): number {
  return values.reduce((best, value, index) => (isBetter(value, values[best]) ? index : best), 0);
}

function cross([a, b, c]: Triple, [d, e, f]: Triple): Triple {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

function dot([a, b, c]: Triple, [d, e, f]: Triple): number {
  return a * d + b * e + c * f;
}

function difference([a, b, c]: Triple, [d, e, f]: Triple): Triple {
  return [a - d, b - e, c - f];
}

function scaled([a, b, c]: Triple, factor: number): Triple {
  return [a * factor, b * factor, c * factor];
}

function irregular(where: string, expected: string, got: string): GeometryError {
  return new GeometryError({ code: "S_IRREGULAR", where, expected, got, next: "Export the segmentation again" });
}
