import { access } from "node:fs/promises";
import { FormatError } from "../../volume/errors.ts";

const HEADER_ENDING = /\.hdr(\.gz)?$/i;
const VOXEL_ENDING = /\.img(\.gz)?$/i;

/** Whether a path is by its name the voxel half of a pair. */
export function isVoxelHalf(path: string): boolean {
  return VOXEL_ENDING.test(path);
}

/**
 * The .img that belongs to a header with the magic `ni1`.
 *
 * Errors: FormatError N_PAIR when there is none
 */
export async function voxelHalfOf(headerPath: string): Promise<string> {
  const stem = headerPath.replace(HEADER_ENDING, "").replace(/\.nii(\.gz)?$/i, "");
  const found = await firstThatExists([".img", ".img.gz", ".IMG", ".IMG.GZ"].map((ending) => stem + ending));
  if (found === undefined) throw pairError(headerPath, "its .img file beside it");
  return found;
}

/**
 * The .hdr that belongs to an .img.
 *
 * Errors: FormatError N_PAIR when there is none
 */
export async function headerHalfOf(voxelPath: string): Promise<string> {
  const stem = voxelPath.replace(VOXEL_ENDING, "");
  const found = await firstThatExists([".hdr", ".hdr.gz", ".HDR", ".HDR.GZ"].map((ending) => stem + ending));
  if (found === undefined) throw pairError(voxelPath, "its .hdr file beside it");
  return found;
}

async function firstThatExists(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return path;
  }
  return undefined;
}

function pairError(where: string, expected: string): FormatError {
  return new FormatError({
    code: "N_PAIR",
    where,
    expected,
    got: "none",
    next: "Copy both files of the pair together",
  });
}
