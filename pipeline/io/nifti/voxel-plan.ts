import type { Triple } from "../../volume/affine.ts";
import { FormatError } from "../../volume/errors.ts";
import type { Warning } from "../../volume/scan.ts";
import type { ReadOptions } from "../scan-format.ts";
import { type StoredType, storedBytes } from "../stored-voxels.ts";
import { dataTypes } from "./data-types.ts";
import { FIRST_OFFSET, type NiftiHeader } from "./header.ts";

/** Which voxels are wanted, where in the file they are and what they mean. */
export interface VoxelPlan {
  /** [D, H, W] */
  readonly shape: Triple;
  readonly count: number;
  readonly type: StoredType;
  readonly slope: number;
  readonly intercept: number;
  /** First voxel of the first volume. */
  readonly offset: number;
  /** Bytes of one volume. */
  readonly bytes: number;
  readonly volumesBefore: number;
  readonly volumesAfter: number;
  readonly warnings: readonly Warning[];
}

/** Slopes and intercepts beyond this leave no single-precision number usable. */
const MOST_SCALE = 1e20;

/**
 * What a header says about its voxels, checked; nothing is allocated.
 *
 * Errors: FormatError N_NDIM, N_NOT_3D, N_DIM, N_TYPE, N_4D, N_SCALE, N_OFFSET
 */
export function voxelPlanOf(
  header: NiftiHeader,
  { where, volumeIndex }: { readonly where: string } & Pick<ReadOptions, "volumeIndex">,
): VoxelPlan {
  const { shape, volumes } = sizesOf(header.dim, where);
  const type = dataTypes.get(header.datatype);
  if (type === undefined) throw planError(where, "N_TYPE", "scalar voxels", `data type ${header.datatype}`);
  const index = chosenVolume(volumes, { where, volumeIndex });
  const count = shape[0] * shape[1] * shape[2];
  const scale = scaleOf(header, where);
  const { offset, offsetWarnings } = offsetOf(header, where);
  const bitpixAgrees = header.bitpix === 8 * storedBytes[type];
  return {
    shape,
    count,
    type,
    ...scale,
    offset,
    bytes: count * storedBytes[type],
    volumesBefore: index,
    volumesAfter: volumes - index - 1,
    warnings: [
      ...offsetWarnings,
      ...scale.warnings,
      ...(bitpixAgrees ? [] : [{ code: "N_BITPIX", where, text: `bitpix ${header.bitpix} does not fit ${type}` }]),
    ],
  };
}

function sizesOf(dim: readonly number[], where: string): { readonly shape: Triple; readonly volumes: number } {
  const [dimensions] = dim;
  if (!(dimensions >= 1 && dimensions <= 7)) throw planError(where, "N_NDIM", "1 to 7 dimensions", String(dimensions));
  const sides = dim.slice(1, 1 + dimensions);
  if (!sides.every((side) => Number.isSafeInteger(side) && side > 0))
    throw planError(where, "N_DIM", "positive sides", `[${sides}]`);
  if (dimensions < 3) throw planError(where, "N_NOT_3D", "a volume", `${dimensions} dimensions`);
  const [w, h, d, volumes = 1, ...vector] = sides;
  if (vector.some((side) => side > 1))
    throw planError(where, "N_TYPE", "one number per voxel", `vectors, dimensions [${sides}]`);
  return { shape: [d, h, w], volumes };
}

function chosenVolume(
  volumes: number,
  { where, volumeIndex }: { readonly where: string } & Pick<ReadOptions, "volumeIndex">,
): number {
  if (volumeIndex === undefined && volumes === 1) return 0;
  const index = volumeIndex ?? -1;
  if (Number.isInteger(index) && index >= 0 && index < volumes) return index;
  const got = `${volumes} volumes${volumeIndex === undefined ? "" : ` and a choice of ${volumeIndex}`}`;
  throw planError(where, "N_4D", "one volume", got, `Choose one with volumeIndex, 0 to ${volumes - 1}`);
}

/** A slope of 0 means that nothing is scaled, and then the intercept counts for nothing either. */
function scaleOf(
  { slope, intercept }: NiftiHeader,
  where: string,
): Pick<VoxelPlan, "slope" | "intercept" | "warnings"> {
  if (slope === 0) return { slope: 1, intercept: 0, warnings: [] };
  if (!(Math.abs(slope) <= MOST_SCALE && Math.abs(slope) >= 1 / MOST_SCALE && Math.abs(intercept) <= MOST_SCALE))
    throw planError(where, "N_SCALE", "a usable scl_slope and scl_inter", `${slope} and ${intercept}`);
  const text = "scl_slope is negative: bright is stored as dark";
  return { slope, intercept, warnings: slope < 0 ? [{ code: "N_SCALE", where, text }] : [] };
}

function offsetOf(
  { voxOffset, version, storage }: NiftiHeader,
  where: string,
): { readonly offset: number; readonly offsetWarnings: readonly Warning[] } {
  const first = storage === "single" ? FIRST_OFFSET[version] : 0;
  if (voxOffset === 0 && first > 0)
    return { offset: first, offsetWarnings: [{ code: "N_OFFSET", where, text: `vox_offset is 0; ${first} assumed` }] };
  if (!(Number.isSafeInteger(voxOffset) && voxOffset >= first))
    throw planError(where, "N_OFFSET", `a whole vox_offset of ${first} or more`, String(voxOffset));
  return { offset: voxOffset, offsetWarnings: [] };
}

function planError(
  where: string,
  code: string,
  expected: string,
  got: string,
  next = "Check the image with the program that made it",
): FormatError {
  return new FormatError({ code, where, expected, got, next });
}
