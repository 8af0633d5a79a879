import { FormatError } from "./errors.ts";
import type { LabelArray, LabelMap, Volume, VoxelArray } from "./volume.ts";

/** Highest class id that a label map can hold. */
const HIGHEST_ID = 0xffff;

/**
 * A volume as class ids in the smallest type that holds them; the same array where that is its type already.
 *
 * Errors: FormatError L_NOT_INTEGER for values between integers, as resampling leaves them; L_RANGE for ids below 0 or
 *         above 65535
 */
export function labelMapOf(volume: Volume, where: string): LabelMap {
  const { data } = volume;
  return { ...volume, data: data instanceof Uint8Array ? data : labelsFrom(data, where) };
}

function labelsFrom(values: Exclude<VoxelArray, Uint8Array>, where: string): LabelArray {
  let [least, most] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== Math.trunc(value)) throw labelError("L_NOT_INTEGER", where, String(value), RESAMPLED);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least < 0 || most > HIGHEST_ID) throw labelError("L_RANGE", where, `${least} to ${most}`, RENUMBER);
  if (most <= 0xff) return Uint8Array.from(values);
  return values instanceof Uint16Array ? values : Uint16Array.from(values);
}

const RESAMPLED = "Resample label maps with nearest neighbour or per class";
const RENUMBER = "Renumber the classes";

function labelError(code: string, where: string, got: string, next: string): FormatError {
  return new FormatError({ code, where, expected: `whole class ids of 0 to ${HIGHEST_ID}`, got, next });
}
