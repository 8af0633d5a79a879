import type { Warning } from "../../volume/scan.ts";
import { HEADER_BYTES, type NiftiHeader } from "./header.ts";

/** An extension is a multiple of this long, its own size and code included. */
const EXTENSION_STEP = 16;

/**
 * What is odd about the bytes between header and voxels. Extensions hold nothing a scan needs, so broken ones are passed
 * over: `vox_offset` says where the voxels are.
 *
 * Source: nifti1.h, "HEADER EXTENSIONS"
 */
export function extensionWarnings(
  between: Uint8Array,
  { littleEndian, version }: NiftiHeader,
  where: string,
): readonly Warning[] {
  if (between.length < 4 || between[0] === 0) return [];
  const warning = (text: string) => [{ code: "N_EXT", where, text }];
  if (between.length === 4) return warning("extensions are announced but there are none");
  const view = new DataView(between.buffer, between.byteOffset, between.byteLength);
  for (let at = 4; at + 8 <= between.length; ) {
    const size = view.getInt32(at, littleEndian);
    if (size < EXTENSION_STEP || size % EXTENSION_STEP !== 0 || at + size > between.length)
      return warning(`an extension at byte ${HEADER_BYTES[version] + at} has an impossible size; all are ignored`);
    at += size;
  }
  return [];
}
