import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type NiftiFields, niftiFile } from "./nifti-file.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** [D, H, W] of every volume that `nifti` makes unless told otherwise. */
export const SHAPE = [3, 5, 7] as const;

/** The bytes of a small int16 NIfTI image: a ramp, or the value of each flat index, or values. */
export function nifti(
  voxels: ((index: number) => number) | readonly number[] = (index) => index,
  fields: NiftiFields = {},
): Buffer {
  const [, ...sides] = (fields.dim ?? [3, 7, 5, 3]).slice(0, 1 + (fields.dim?.[0] ?? 3));
  const count = sides.reduce((product, side) => product * side, 1);
  const values = Int16Array.from({ length: count }, (_, i) => (typeof voxels === "function" ? voxels(i) : voxels[i]));
  return niftiFile(fields, new Uint8Array(values.buffer));
}

/** A label map: background, but for single voxels by flat index. */
export function niftiLabels(ids: Readonly<Record<number, number>>, fields: NiftiFields = {}): Buffer {
  return nifti((index) => ids[index] ?? 0, fields);
}

/** Writes files below a new folder, by their paths; text and JSON as they are, `.gz` deflated. */
export function folderWith(files: Readonly<Record<string, Uint8Array | string | object>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    const isBytes = content instanceof Uint8Array;
    const bytes = isBytes ? content : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    writeFileSync(path, name.endsWith(".gz") ? gzipSync(bytes) : bytes);
  }
  return folder;
}
