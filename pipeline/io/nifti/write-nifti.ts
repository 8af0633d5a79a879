import { ConfigError, GeometryError } from "../../volume/errors.ts";
import { labelMapOf } from "../../volume/label-map.ts";
import type { NiftiOrigin, Scan } from "../../volume/scan.ts";
import { version } from "../../volume/version.ts";
import { type Grid, gridDistanceMm, type LabelMap, SAME_GRID_TOLERANCE_MM, type Volume } from "../../volume/volume.ts";
import { type Append, writeFileWhole } from "../atomic-write.ts";
import { extensionMatches } from "../extensions.ts";
import { appendGzip, assertInflates } from "../gzip-write.ts";
import type { ScanWriter, WriteOptions } from "../scan-format.ts";
import type { StoredType } from "../stored-voxels.ts";
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
 * Errors: ConfigError W_CHANNELS for more than one channel; FormatError L_RANGE, L_NOT_INTEGER for what are no classes;
 *         GeometryError W_GEOMETRY when single precision cannot hold the place; EnvironmentError from the disk
 */
export async function writeNifti(scan: Scan, path: string, { signal }: WriteOptions = {}): Promise<string> {
  const image = onlyChannel(scan, path);
  const labels = scan.classes === undefined ? undefined : labelMapOf(image, path);
  const volume = labels ?? image;
  const header = encodeHeader({
    grid: volume,
    type: storedTypes[volume.data.constructor.name as keyof typeof storedTypes],
    orientation: orientationToWrite(scan.nifti, volume, path),
    highestLabel: labels === undefined ? undefined : highestOf(labels),
    description: `rarevox ${version}`,
  });
  assertSamePlace(header, volume, path);
  const parts = [header, new Uint8Array(volume.data.buffer, volume.data.byteOffset, volume.data.byteLength)];
  const content = labels === undefined ? "image" : "labels";
  const isGzip = extensionMatches(path, [".gz"]);
  const fill = (append: Append) => (isGzip ? appendGzip(append, parts, { content }) : appendAll(append, parts));
  const options = { ...(signal === undefined ? {} : { signal }), ...(isGzip ? { check: assertInflates } : {}) };
  return (await writeFileWhole(path, fill, options)).path;
}

const storedTypes = {
  Uint8Array: "uint8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Float32Array: "float32",
} as const satisfies Record<string, StoredType>;

function onlyChannel({ channels }: Scan, where: string): Volume {
  if (channels.length === 1) return channels[0];
  throw new ConfigError({
    code: "W_CHANNELS",
    where,
    expected: "a scan of one channel",
    got: `${channels.length} channels`,
    next: "Write one file per channel",
  });
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

function highestOf({ data }: LabelMap): number {
  let highest = 0;
  for (let i = 0; i < data.length; i++) if (data[i] > highest) highest = data[i];
  return highest;
}
