import type { StoredType } from "../stored-voxels.ts";

/**
 * Scalar data types by their NIfTI code; RGB, complex and 128-bit types have no place in a scan.
 *
 * Source: nifti1.h, NIFTI_TYPE_*
 */
export const dataTypes: ReadonlyMap<number, StoredType> = new Map([
  [2, "uint8"],
  [4, "int16"],
  [8, "int32"],
  [16, "float32"],
  [64, "float64"],
  [256, "int8"],
  [512, "uint16"],
  [768, "uint32"],
  [1024, "int64"],
  [1280, "uint64"],
]);
