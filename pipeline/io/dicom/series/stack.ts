import { type IndexToLps, indexToLpsFromSteps, type Triple } from "../../../volume/affine.ts";
import { FormatError, type Problem } from "../../../volume/errors.ts";
import type { Warning } from "../../../volume/scan.ts";
import type { Slice } from "./slice.ts";

/** Slices in their order along the normal, and the grid that they make. */
export interface Stack {
  /** One per plane of the grid; undefined where a slice is missing and that was allowed. */
  readonly slices: readonly (Slice | undefined)[];
  readonly shape: Triple;
  readonly indexToLps: IndexToLps;
  /** Whether the planes are pushed aside against each other, as a tilted CT gantry does. */
  readonly isTilted: boolean;
  readonly warnings: readonly Warning[];
}

/** Largest deviation of one step from the usual one: 1 %, but not less than what rounded positions make. Units: mm */
const STEP_TOLERANCE = { share: 0.01, leastMm: 0.01 };

/** Sideways shift per mm along the normal, above which a stack counts as tilted. */
const TILT_TOLERANCE = 1e-3;

/** Share by which the thickness may differ from the step without a word. */
const THICKNESS_TOLERANCE = 0.01;

/**
 * Orders slices by their position along the normal and finds the grid; spacing comes from positions alone.
 *
 * Units:  mm, LPS+; the numbers of the file, not rounded
 * Errors: FormatError D_SPACING, D_ORIENT, D_POSITION when a slice does not say where it lies; S_DUPLICATE, S_GAP,
 *         S_IRREGULAR
 */
export function stackOf(slices: readonly Slice[], { where, allowGap }: StackOptions): Stack {
  const [first] = slices;
  const orientation = first.orientation ?? refuseMissing(first, "D_ORIENT", "ImageOrientationPatient");
  const [spacingH, spacingW] = first.spacingMm ?? refuseMissing(first, "D_SPACING", "PixelSpacing");
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3, 6);
  const normal = unitCross(row, column);
  const placed = slices.map((slice) => ({ slice, at: positionOf(slice), depth: dot(positionOf(slice), normal) }));
  placed.sort((one, other) => one.depth - other.depth);
  const { filled, step, isTilted } =
    placed.length === 1 ? alone(placed, normal) : regular(placed, { normal, where, allowGap });
  const grid = { d: step, h: scaled(column, spacingH), w: scaled(row, spacingW) };
  const { rows, columns } = first.image;
  return {
    slices: filled,
    shape: [filled.length, rows, columns],
    indexToLps: indexToLpsFromSteps(grid, { originXyz: placed[0].at, where }),
    isTilted,
    warnings: [...thicknessWarnings(first, Math.hypot(...step), where), ...gapWarnings(filled, where)],
  };
}

/** Why a tilted stack is refused, unless it is to be straightened. */
export function tiltProblem(
  { isTilted }: Stack,
  where: string,
  { straighten = false }: { readonly straighten?: boolean | undefined },
): Problem | undefined {
  if (!isTilted || straighten) return undefined;
  return {
    code: "S_TILT",
    where,
    expected: "slices straight behind each other",
    got: "a tilted stack, as of a CT gantry",
    next: "Pass --straighten to resample it to a straight grid",
  };
}

/** How to put slices together. */
export interface StackOptions {
  /** Series or file, for messages. */
  readonly where: string;
  /** Leave missing planes empty instead of refusing them. */
  readonly allowGap: boolean;
}

interface PlacedSlice {
  readonly slice: Slice;
  readonly at: Triple;
  /** Along the normal. Units: mm */
  readonly depth: number;
}

interface Filled {
  readonly filled: readonly (Slice | undefined)[];
  readonly step: readonly number[];
  readonly isTilted: boolean;
}

/** A single slice is as thick as it says. */
function alone([{ slice }]: readonly PlacedSlice[], normal: readonly number[]): Filled {
  const stepMm = [slice.betweenSlicesMm, slice.thicknessMm].find((mm) => mm !== undefined && mm >= 0.001 && mm <= 100);
  return { filled: [slice], step: scaled(normal, stepMm ?? 1), isTilted: false };
}

function regular(
  placed: readonly PlacedSlice[],
  { normal, where, allowGap }: StackOptions & { readonly normal: readonly number[] },
): Filled {
  const steps = placed.slice(1).map(({ depth }, i) => depth - placed[i].depth);
  const usual = median(steps);
  const tolerance = Math.max(STEP_TOLERANCE.leastMm, STEP_TOLERANCE.share * usual);
  const same = steps.findIndex((mm) => mm < STEP_TOLERANCE.leastMm);
  if (same >= 0) throw duplicateError(placed[same + 1], where);
  const counts = steps.map((mm) => Math.round(mm / usual));
  const odd = steps.findIndex((mm, i) => Math.abs(mm - counts[i] * usual) > tolerance * Math.max(1, counts[i]));
  if (odd >= 0) throw irregularError(steps[odd], { usual, where, depth: placed[odd].depth });
  const gap = counts.findIndex((count) => count > 1);
  if (gap >= 0 && !allowGap) throw gapError(placed, { counts, usual, where });
  const filled = placed.flatMap(({ slice }, i) => [slice, ...Array.from<undefined>({ length: (counts[i] ?? 1) - 1 })]);
  const step = difference(placed[placed.length - 1].at, placed[0].at).map((mm) => mm / (filled.length - 1));
  const sideways = Math.hypot(...difference(step, scaled(normal, dot(step, normal))));
  assertOnLine(placed, { step, counts, tolerance, where });
  const rounding = STEP_TOLERANCE.leastMm / (filled.length - 1);
  return { filled, step, isTilted: sideways > Math.max(rounding, TILT_TOLERANCE * usual) };
}

/** Refuses slices that wander off sideways; a common direction of all is a tilt. */
function assertOnLine(
  placed: readonly PlacedSlice[],
  {
    step,
    counts,
    tolerance,
    where,
  }: {
    readonly step: readonly number[];
    readonly counts: readonly number[];
    readonly tolerance: number;
    readonly where: string;
  },
): void {
  let index = 0;
  placed.forEach(({ at, depth }, i) => {
    const expected = placed[0].at.map((mm, axis) => mm + index * step[axis]);
    const offMm = Math.hypot(...difference(at, expected));
    // Rounded steps add up along the stack; a slice out of line does not.
    if (offMm > tolerance * Math.max(2, Math.sqrt(placed.length)))
      throw stackError("S_IRREGULAR", where, {
        expected: "slices one behind the other",
        got: `one at ${depth.toFixed(3)} mm that is ${offMm.toFixed(3)} mm out of line`,
        next: "Export the series again, or resample it to an even spacing first",
      });
    index += counts[i] ?? 1;
  });
}

function positionOf(slice: Slice): Triple {
  return slice.positionXyz ?? refuseMissing(slice, "D_POSITION", "ImagePositionPatient");
}

function refuseMissing({ file }: Slice, code: string, keyword: string): never {
  throw new FormatError({
    code,
    where: file,
    expected: `a value for ${keyword}`,
    got: "none",
    next: "Without it nobody knows where the slice lies; export it with its geometry",
  });
}

function thicknessWarnings({ thicknessMm }: Slice, stepMm: number, where: string): readonly Warning[] {
  if (thicknessMm === undefined || Math.abs(thicknessMm - stepMm) <= THICKNESS_TOLERANCE * stepMm) return [];
  const relation = thicknessMm > stepMm ? "overlap" : "have gaps between them";
  const text = `slices of ${thicknessMm} mm every ${stepMm.toFixed(3)} mm ${relation}; positions were used`;
  return [{ code: "S_THICKNESS", where, text }];
}

function gapWarnings(filled: readonly (Slice | undefined)[], where: string): readonly Warning[] {
  const missing = filled.filter((slice) => slice === undefined).length;
  const text = `${missing} of ${filled.length} planes are missing and were left empty`;
  return missing === 0 ? [] : [{ code: "S_GAP", where, text }];
}

function duplicateError({ slice, depth }: PlacedSlice, where: string): FormatError {
  return stackError("S_DUPLICATE", where, {
    expected: "one slice at each position",
    got: `two at ${depth.toFixed(3)} mm, one of them ${slice.file}`,
    next: "The series holds several volumes that nothing tells apart; separate them first",
  });
}

function irregularError(
  stepMm: number,
  { usual, depth, where }: { readonly usual: number; readonly depth: number; readonly where: string },
): FormatError {
  return stackError("S_IRREGULAR", where, {
    expected: `slices every ${usual.toFixed(3)} mm`,
    got: `a step of ${stepMm.toFixed(3)} mm behind ${depth.toFixed(3)} mm`,
    next: "Export the series again, or resample it to an even spacing first",
  });
}

function gapError(
  placed: readonly PlacedSlice[],
  { counts, usual, where }: { readonly counts: readonly number[]; readonly usual: number; readonly where: string },
): FormatError {
  const missing = counts.reduce((sum, count) => sum + count - 1, 0);
  const behind = counts.flatMap((count, i) => (count > 1 ? [placed[i].depth + usual] : []));
  const places = behind
    .slice(0, 5)
    .map((mm) => mm.toFixed(3))
    .join(", ");
  return stackError("S_GAP", where, {
    expected: `slices every ${usual.toFixed(3)} mm`,
    got: `${missing} missing at ${places} mm along the normal`,
    next: "Find the missing files, or pass --allow-gap to leave these planes empty",
  });
}

function stackError(
  code: string,
  where: string,
  problem: { readonly expected: string; readonly got: string; readonly next: string },
): FormatError {
  return new FormatError({ code, where, ...problem });
}

function unitCross([a, b, c]: readonly number[], [d, e, f]: readonly number[]): readonly number[] {
  const cross = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...cross);
  return cross.map((component) => component / length);
}

function dot(first: readonly number[], second: readonly number[]): number {
  return first[0] * second[0] + first[1] * second[1] + first[2] * second[2];
}

function difference(first: readonly number[], second: readonly number[]): readonly number[] {
  return first.map((component, axis) => component - second[axis]);
}

function scaled(vector: readonly number[], factor: number): readonly number[] {
  return vector.map((component) => component * factor);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1];
}
