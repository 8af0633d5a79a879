import { FormatError } from "../volume/errors.ts";
import type { Warning } from "../volume/scan.ts";
import type { VoxelArray } from "../volume/volume.ts";
import type { ReadOptions } from "./scan-format.ts";

/** Voxels that may be used, with what is odd about them. */
export interface CheckedVoxels {
  readonly data: VoxelArray;
  readonly warnings: readonly Warning[];
}

/**
 * Refuses, or on request replaces, voxels that are no numbers, and notices an image of a single value.
 *
 * Errors: FormatError <prefix>_NONFINITE with their number
 */
export function checkedVoxels(
  data: VoxelArray,
  { prefix, where, nanTo }: { readonly prefix: string; readonly where: string } & Pick<ReadOptions, "nanTo">,
): CheckedVoxels {
  const bad = data instanceof Float32Array ? nonFiniteCountOf(data) : 0;
  if (bad > 0 && nanTo === undefined)
    throw new FormatError({
      code: `${prefix}_NONFINITE`,
      where,
      expected: "finite voxels",
      got: `${bad} that are NaN or infinite`,
      next: "Repair the image, or ask for the smallest value in their place (nanTo)",
    });
  const finite = bad > 0 ? withSmallestForNonFinite(data as Float32Array) : data;
  const replaced = { code: `${prefix}_NONFINITE`, where, text: `${bad} voxels that were no numbers were replaced` };
  const constant = { code: `${prefix}_CONSTANT`, where, text: "all voxels have the same value" };
  return {
    data: finite,
    warnings: [...(bad > 0 ? [replaced] : []), ...(isConstant(finite) ? [constant] : [])],
  };
}

function nonFiniteCountOf(data: Float32Array): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] - data[i] !== 0) count++; // NaN - NaN, Infinity - Infinity
  return count;
}

/** The smallest finite value, or 0 when there is none, in the place of those that are not. */
function withSmallestForNonFinite(data: Float32Array): Float32Array {
  let least = Infinity;
  for (let i = 0; i < data.length; i++) if (data[i] < least && data[i] > -Infinity) least = data[i];
  const substitute = least === Infinity ? 0 : least;
  return data.map((value) => (Number.isFinite(value) ? value : substitute));
}

/** Whether all voxels have the same value. */
export function isConstant(data: VoxelArray): boolean {
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return false;
  return true;
}
