import { type IndexToLps, indexToLpsFromSteps, spacingMmOf, type Triple } from "../../volume/affine.ts";
import type { Warning } from "../../volume/scan.ts";
import { assertSpacing, assertSquare, indexToLpsAlong, noOrientationError } from "../place-rules.ts";
import type { ReadOptions } from "../scan-format.ts";
import { headerError, numbersIn, quotedText } from "../text-header/text-header.ts";
import { directionWords, type NrrdHeader } from "./nrrd-header.ts";

/** What turns x and y of a space into LPS. */
const spaces: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ["left-posterior-superior", [1, 1, 1]],
  ["lps", [1, 1, 1]],
  ["right-anterior-superior", [-1, -1, 1]],
  ["ras", [-1, -1, 1]],
  ["left-anterior-superior", [1, -1, 1]],
  ["las", [1, -1, 1]],
]);

const millimetresPerUnit: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["mm", 1],
  ["millimeter", 1],
  ["millimeters", 1],
  ["cm", 10],
  ["m", 1000],
  ["um", 1e-3],
  ["µm", 1e-3],
]);

type PlaceOptions = Pick<ReadOptions, "straighten" | "assumeOrientation"> & {
  readonly where: string;
  /** Which of the file's axes are places, fastest first. */
  readonly axes: Triple;
};

/**
 * Where the voxels of a NRRD file lie.
 *
 * Units:  `space units` are turned into mm; none counts as mm
 * Errors: FormatError NRRD_HEADER, NRRD_SPACING, NRRD_SHEAR, NRRD_NO_ORIENT; GeometryError for axes in one plane
 */
export function nrrdPlaceOf(
  { fields }: NrrdHeader,
  options: PlaceOptions,
): { readonly indexToLps: IndexToLps; readonly warnings: readonly Warning[] } {
  const { where, axes, straighten } = options;
  const subject = { where, prefix: "NRRD" };
  const directions = fields.get("space directions");
  const signs = spaces.get((fields.get("space") ?? "").toLowerCase().replace(/-?time$/, ""));
  if (directions === undefined || signs === undefined) return assumedPlace(fields, options);
  const toMm = unitMmOf(fields, where);
  const vectors = directionWords(directions);
  const lps = (text: string) => vectorOf(text, where).map((value, axis) => value * signs[axis] * toMm + 0); // no -0
  const [w, h, d] = axes.map((axis) => lps(vectors[axis] ?? ""));
  const origin = fields.get("space origin");
  const originXyz = origin === undefined ? [0, 0, 0] : lps(origin);
  const indexToLps = indexToLpsFromSteps({ d, h, w }, { originXyz, where });
  assertSpacing(spacingMmOf(indexToLps), subject);
  if (straighten !== true) assertSquare(indexToLps, subject);
  const text = "no space origin in the file; 0 taken";
  return { indexToLps, warnings: origin === undefined ? [{ code: "NRRD_ORIGIN", where, text }] : [] };
}

/** `(x,y,z)` */
function vectorOf(text: string, where: string): readonly number[] {
  const [, inside = ""] = /^\((.*)\)$/.exec(text.trim()) ?? [];
  const vector = numbersIn(inside.replaceAll(",", " "));
  if (vector.length === 3 && vector.every(Number.isFinite)) return vector;
  throw headerError({ where, prefix: "NRRD" }, "vectors of three numbers", quotedText(text));
}

function unitMmOf(fields: ReadonlyMap<string, string>, where: string): number {
  const units = new Set([...(fields.get("space units") ?? '""').matchAll(/"([^"]*)"/g)].map(([, unit]) => unit));
  const [unit] = units;
  const toMm = units.size === 1 ? millimetresPerUnit.get(unit) : undefined;
  if (toMm !== undefined) return toMm;
  throw headerError({ where, prefix: "NRRD" }, "one unit of length for all axes", quotedText([...units].join(" ")));
}

function assumedPlace(fields: ReadonlyMap<string, string>, { where, axes, assumeOrientation }: PlaceOptions) {
  const subject = { where, prefix: "NRRD" };
  if (assumeOrientation === undefined)
    throw noOrientationError(subject, "a space of left-posterior-superior, right- or left-anterior-superior");
  const spacings = numbersIn(fields.get("spacings") ?? "");
  const spacingMm: Triple = [spacings[axes[2]], spacings[axes[1]], spacings[axes[0]]];
  assertSpacing(spacingMm, subject);
  const text = `no orientation in the file; ${assumeOrientation} taken as asked`;
  return {
    indexToLps: indexToLpsAlong(assumeOrientation, spacingMm, where),
    warnings: [{ code: "NRRD_NO_ORIENT", where, text }],
  };
}
