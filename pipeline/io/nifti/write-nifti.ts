import { GeometryError } from "../../volume/errors.ts";
import type { NiftiOrigin, Scan } from "../../volume/scan.ts";
import { version } from "../../volume/version.ts";
import { type Grid, gridDistanceMm, SAME_GRID_TOLERANCE_MM } from "../../volume/volume.ts";
import { type Append, writeFileWhole } from "../atomic-write.ts";
import { extensionMatches } from "../extensions.ts";
import { appendGzip, assertInflates } from "../gzip-write.ts";
import type { ScanWriter, WriteOptions } from "../scan-format.ts";
import { writtenVoxelsOf } from "../written-voxels.ts";
import { encodeHeader, orientationFor } from "./encode-header.ts";
import { parseHeader } from "./header.ts";
import { placeOf } from "./orientation.ts";

/** NIfTI-1 in one file; `.nii.gz` is deflated. */
export const niftiWriter: ScanWriter = {
  name: "nifti",
  extensions: [".nii.gz", ".nii"],
  write: async (scan, path, options) => [await writeNifti(scan, path, options)],
};

/**
 * Writes a scan as `.nii` or `.nii.gz`: an image in its own type, a scan with classes as a label map of intent 1002.
 *
 * A scan that came from NIfTI keeps its qform and sform to the bit; others get both, or an sform alone when sheared.
 *
 * Errors: those of `writtenVoxelsOf`; GeometryError W_GEOMETRY when single precision cannot hold the place; EnvironmentError from the disk
 */
export async function writeNifti(scan: Scan, path: string, { signal }: WriteOptions = {}): Promise<string> {
  const { volume, type, isLabelMap, bytes } = writtenVoxelsOf(scan, path);
  const header = encodeHeader({
    grid: volume,
    type,
    orientation: orientationToWrite(scan.nifti, volume, path),
    highestLabel: scan.classes?.reduce((highest, { id }) => Math.max(highest, id), 0),
    description: `rarevox ${version}`,
  });
  assertSamePlace(header, volume, path);
  const parts = [header, bytes];
  const content = isLabelMap ? "labels" : "image";
  const isGzip = extensionMatches(path, [".gz"]);
  const fill = (append: Append) => (isGzip ? appendGzip(append, parts, { content }) : appendAll(append, parts));
  const options = { ...(signal === undefined ? {} : { signal }), ...(isGzip ? { check: assertInflates } : {}) };
  return (await writeFileWhole(path, fill, options)).path;
}

/** The input's own fields, as long as they still say where these voxels are; a unit that was missing is filled in. */
function orientationToWrite(origin: NiftiOrigin | undefined, grid: Grid, where: string): NiftiOrigin {
  if (origin === undefined) return orientationFor(grid);
  const known = { ...origin, xyztUnits: (origin.xyztUnits & 7) === 0 ? origin.xyztUnits | 2 : origin.xyztUnits };
  const header = encodeHeader({ grid, type: "uint8", orientation: known, description: "" });
  return distanceMm(header, grid, where) <= SAME_GRID_TOLERANCE_MM ? known : orientationFor(grid);
}

/** A header whose place is not the volume's would be a wrong result that nobody notices. */
function assertSamePlace(header: Uint8Array, grid: Grid, where: string): void {
  const distance = distanceMm(header, grid, where);
  if (distance <= SAME_GRID_TOLERANCE_MM) return;
  throw new GeometryError({
    code: "W_GEOMETRY",
    where,
    expected: `a place that NIfTI can hold within ${SAME_GRID_TOLERANCE_MM} mm`,
    got: `${distance.toPrecision(3)} mm`,
    next: "Write another format",
  });
}

function distanceMm(header: Uint8Array, grid: Grid, where: string): number {
  const { indexToLps } = placeOf(parseHeader(header, where), { where, shape: grid.shape, straighten: true });
  return gridDistanceMm({ shape: grid.shape, indexToLps }, grid);
}

async function appendAll(append: Append, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) await append(part);
}
