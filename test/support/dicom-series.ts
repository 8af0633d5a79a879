import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dicomFormat } from "../../pipeline/io/dicom/dicom-format.ts";
import type { FoundScan, Listing, ReadOptions } from "../../pipeline/io/scan-format.ts";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { isNamedError } from "../../pipeline/volume/errors.ts";
import { defaultLimits } from "../../pipeline/volume/limits.ts";
import type { Scan } from "../../pipeline/volume/scan.ts";
import { type Grid, type Volume, volumeOf, voxelCountOf } from "../../pipeline/volume/volume.ts";
import { straightGrid } from "./boxes-scan.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Ten slices of 5 x 7 pixels, 3 mm apart from z = 30 on. */
export const seriesGrid = straightGrid([10, 5, 7], [3, 2, 1]);

/** Every voxel another value. */
export function rampOn(grid: Grid): Volume<Int16Array> {
  const data = Int16Array.from({ length: voxelCountOf(grid.shape) }, (_, i) => 7 * i - 1000);
  return volumeOf(data, grid);
}

/** Files of a written series, in the order of its slices. */
export interface WrittenSeries {
  readonly folder: string;
  readonly files: readonly string[];
  readonly volume: Volume;
}

/** Writes a CT series of the ramp, or of another volume. */
export async function writtenSeries({
  volume = rampOn(seriesGrid),
  folder = join(temporaryFolder(), "series"),
  modality = "CT",
}: {
  readonly volume?: Volume;
  readonly folder?: string;
  readonly modality?: "CT" | "MR";
} = {}): Promise<WrittenSeries> {
  const scan: Scan = { format: "test", channels: [volume], modality, warnings: [], inputs: [] };
  const files = await writerNamed("dicom").write(scan, folder, {});
  return { folder, files, volume };
}

/** What the DICOM reader finds in a folder's files. */
export function listingOf(folder: string, options: Partial<ReadOptions> = {}): Promise<Listing> {
  const files = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
  return dicomFormat.list(files, { limits: defaultLimits, ...options });
}

/** The one scan in a folder. */
export async function foundIn(folder: string, options: Partial<ReadOptions> = {}): Promise<FoundScan> {
  const { scans } = await listingOf(folder, options);
  assert.equal(scans.length, 1);
  return scans[0];
}

/** Reads a found scan. */
export function readFound(found: FoundScan, options: Partial<ReadOptions> = {}): Promise<Scan> {
  return dicomFormat.read(found, { limits: defaultLimits, ...options });
}

/** Reads the one scan in a folder. */
export async function readOnly(folder: string, options: Partial<ReadOptions> = {}): Promise<Scan> {
  return readFound(await foundIn(folder, options), options);
}

/** Fails unless both the listing and the reading of the one scan in a folder refuse it with a code; gives the message. */
export async function refusalOf(folder: string, code: string, options: Partial<ReadOptions> = {}): Promise<string> {
  const found = await foundIn(folder, options);
  assert.equal(found.problem?.code, code);
  let message = "";
  await assert.rejects(readFound(found, options), (error: Error) => {
    message = error.message;
    return isNamedError(error) && error.problem.code === code;
  });
  return message;
}

/** The codes of warnings. */
export function codesOf({ warnings }: Pick<Scan, "warnings">): readonly string[] {
  return warnings.map(({ code }) => code);
}
