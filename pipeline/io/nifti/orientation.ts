import { type IndexToLps, indexToLpsOf, spacingMmOf, type Triple } from "../../volume/affine.ts";
import { FormatError, GeometryError } from "../../volume/errors.ts";
import type { NiftiOrigin, Warning } from "../../volume/scan.ts";
import { gridDistanceMm } from "../../volume/volume.ts";
import { assertSpacing, assertSquare, indexToLpsAlong, noOrientationError } from "../place-rules.ts";
import type { ReadOptions } from "../scan-format.ts";
import type { NiftiHeader } from "./header.ts";

/** Where the voxels of a NIfTI file lie. */
export interface NiftiPlace {
  readonly indexToLps: IndexToLps;
  /** The header's own fields; undefined when the orientation was assumed. */
  readonly origin: NiftiOrigin | undefined;
  readonly warnings: readonly Warning[];
}

/** How a header is to be understood where it leaves a choice. */
export type PlaceOptions = Pick<ReadOptions, "straighten" | "assumeOrientation"> & {
  readonly where: string;
  /** [D, H, W] */
  readonly shape: Triple;
};

/** Metres and micrometres to millimetres, by the spatial code of xyzt_units. */
const millimetresPerUnit: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1000],
  [2, 1],
  [3, 1e-3],
]);

/** Share of the smallest spacing by which sform and qform, or sform and pixdim, may differ without a word. */
const FORM_TOLERANCE = 0.01;

/** Highest code of the standard: 0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI 152, 5 other template. */
const HIGHEST_FORM_CODE = 5;

/**
 * The index-to-LPS matrix of a header: the sform when its code says there is one, else the qform.
 *
 * Units:  xyzt_units are turned into mm; 0 counts as mm, with a warning
 * Errors: FormatError N_UNITS, N_SPACING, N_CODE, N_SFORM, N_QFORM, N_SHEAR, N_NO_ORIENT
 * Source: nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE", methods 2 and 3; as nibabel chooses
 */
export function placeOf(header: NiftiHeader, options: PlaceOptions): NiftiPlace {
  const { where } = options;
  const unitMm = millimetresPerUnit.get(header.xyztUnits & 7);
  if (unitMm === undefined)
    throw placeError(where, "N_UNITS", "xyzt_units in mm, m or micrometres", `code ${header.xyztUnits}`);
  const spacingMm = header.pixdim.slice(1, 4).map((step) => step * unitMm);
  assertSpacing(spacingMm, { where, prefix: "N" });
  for (const code of [header.sformCode, header.qformCode])
    if (!(code >= 0 && code <= HIGHEST_FORM_CODE))
      throw placeError(where, "N_CODE", `qform and sform codes of 0 to ${HIGHEST_FORM_CODE}`, `${code}`);
  const unitWarnings = (header.xyztUnits & 7) === 0 ? [warning(where, "N_UNITS", "no unit of length; mm assumed")] : [];
  const place = chosenPlace(header, { ...options, unitMm });
  return { ...place, warnings: [...unitWarnings, ...place.warnings] };
}

type UnitOptions = PlaceOptions & { readonly unitMm: number };

function chosenPlace(header: NiftiHeader, options: UnitOptions): NiftiPlace {
  const { where, straighten } = options;
  if (header.sformCode > 0) {
    const indexToLps = sformOf(header, options);
    if (straighten !== true) assertSquare(indexToLps, { where, prefix: "N" });
    assertSpacing(spacingMmOf(indexToLps), { where, prefix: "N" });
    return { indexToLps, origin: originOf(header), warnings: disagreements(header, { ...options, indexToLps }) };
  }
  if (header.qformCode > 0) {
    const warnings = header.pixdim[0] === 0 ? [warning(where, "N_QFAC", "qfac is 0; taken as 1")] : [];
    return { indexToLps: qformOf(header, options), origin: originOf(header), warnings };
  }
  return assumedPlace(header, options);
}

function sformOf({ sform }: NiftiHeader, { where, unitMm }: UnitOptions): IndexToLps {
  return rasToLps(sform, { where, unitMm, code: "N_SFORM" });
}

/**
 * Rotation by a unit quaternion, times pixdim; the third axis runs backwards where qfac is negative.
 *
 * Source: nifti1.h method 2; nifti_quatern_to_mat44
 */
function qformOf({ quaternion, offsetXyz, pixdim }: NiftiHeader, { where, unitMm }: UnitOptions): IndexToLps {
  const length = Math.hypot(...quaternion);
  if (!(length <= 1 + QUATERNION_TOLERANCE))
    throw placeError(where, "N_QFORM", "a quaternion of length 1 at most", `length ${length}`);
  const isHalfTurn = 1 - length * length < HALF_TURN;
  const [b, c, d] = quaternion.map((part) => (isHalfTurn ? part / length : part));
  const a = isHalfTurn ? 0 : Math.sqrt(1 - (b * b + c * c + d * d));
  const [dx, dy, dz] = [pixdim[1], pixdim[2], pixdim[0] < 0 ? -pixdim[3] : pixdim[3]];
  const [x, y, z] = offsetXyz;
  const rows = [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * dz, x],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * dz, y],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - c * c - b * b) * dz, z],
  ];
  return rasToLps(rows.flat(), { where, unitMm, code: "N_QFORM" });
}

/** What the square of a may be when it is 0 but for rounding, as in coronal scans; its root would be a visible turn. */
const HALF_TURN = 1e-7;

/** Excess length that single precision can give a unit quaternion. */
const QUATERNION_TOLERANCE = 1e-5;

/** From NIfTI's columns [i, j, k] in RAS to columns [D, H, W] = [k, j, i] in LPS. This happens here and nowhere else. */
function rasToLps(
  [xi, xj, xk, x, yi, yj, yk, y, zi, zj, zk, z]: readonly number[],
  { where, unitMm, code }: { readonly where: string; readonly unitMm: number; readonly code: string },
): IndexToLps {
  const lps = [-xk, -xj, -xi, -x, -yk, -yj, -yi, -y, zk, zj, zi, z].map((number) => number * unitMm + 0); // no -0
  try {
    return indexToLpsOf([...lps, 0, 0, 0, 1], where);
  } catch (error) {
    if (!(error instanceof GeometryError)) throw error;
    throw placeError(where, code, error.problem.expected, error.problem.got);
  }
}

function assumedPlace({ pixdim }: NiftiHeader, { where, unitMm, assumeOrientation }: UnitOptions): NiftiPlace {
  if (assumeOrientation === undefined)
    throw noOrientationError({ where, prefix: "N" }, "a qform or sform that says which side is left");
  const spacingMm: Triple = [pixdim[3] * unitMm, pixdim[2] * unitMm, pixdim[1] * unitMm];
  const text = `no orientation in the file; ${assumeOrientation} taken as asked`;
  return {
    indexToLps: indexToLpsAlong(assumeOrientation, spacingMm, where),
    origin: undefined,
    warnings: [warning(where, "N_NO_ORIENT", text)],
  };
}

/** What the header says twice and differently, where the sform is what counts. */
function disagreements(
  header: NiftiHeader,
  { indexToLps, ...options }: UnitOptions & { readonly indexToLps: IndexToLps },
): readonly Warning[] {
  const { where, shape, unitMm } = options;
  const spacingMm = spacingMmOf(indexToLps);
  const toleranceMm = FORM_TOLERANCE * Math.min(...spacingMm);
  const pixdimAgrees = spacingMm.every((mm, axis) => Math.abs(mm - header.pixdim[3 - axis] * unitMm) <= toleranceMm);
  const warnings = pixdimAgrees ? [] : [warning(where, "N_PIXDIM", "pixdim and sform differ; the sform is used")];
  if (header.qformCode === 0) return warnings;
  const qform = qformOrUndefined(header, options);
  if (qform !== undefined && gridDistanceMm({ shape, indexToLps: qform }, { shape, indexToLps }) <= toleranceMm)
    return warnings;
  const text = qform === undefined ? "the qform is damaged" : "qform and sform differ";
  return [...warnings, warning(where, "N_FORMS_DIFFER", `${text}; the sform is used`)];
}

function qformOrUndefined(header: NiftiHeader, options: UnitOptions): IndexToLps | undefined {
  try {
    return qformOf(header, options);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function originOf({ qformCode, sformCode, quaternion, offsetXyz, pixdim, sform, xyztUnits }: NiftiHeader): NiftiOrigin {
  return { qformCode, sformCode, quaternion, offsetXyz, pixdim: pixdim.slice(0, 4), sform, xyztUnits };
}

function warning(where: string, code: string, text: string): Warning {
  return { code, where, text };
}

function placeError(where: string, code: string, expected: string, got: string): FormatError {
  return new FormatError({ code, where, expected, got, next: "Repair the header, or export the image again" });
}
