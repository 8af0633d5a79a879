import { basename } from "node:path";
import { ConfigError } from "../volume/errors.ts";
import { dicomSegmentationWriter } from "./dicom-seg/write-segmentation.ts";
import { dicomSeriesWriter } from "./dicom-write/write-series.ts";
import { metaImageWriter } from "./metaimage/write-metaimage.ts";
import { niftiWriter } from "./nifti/write-nifti.ts";
import { nrrdWriter } from "./nrrd/write-nrrd.ts";
import type { ScanWriter } from "./scan-format.ts";

/** Every kind of file that rarevox writes. */
export const writers: readonly ScanWriter[] = [
  niftiWriter,
  nrrdWriter,
  metaImageWriter,
  dicomSegmentationWriter,
  dicomSeriesWriter,
];

/**
 * The writer that a path's ending chooses; a path without an ending is a folder, and that is a DICOM series.
 *
 * Errors: ConfigError W_ENDING that lists the endings
 */
export function writerFor(path: string): ScanWriter {
  const isFolder = /[/\\]$/.test(path) || !basename(path).includes(".");
  const lower = isFolder ? "/" : path.toLowerCase();
  const writer = writers.find(({ extensions }) => extensions.some((ending) => lower.endsWith(ending)));
  if (writer !== undefined) return writer;
  throw new ConfigError({
    code: "W_ENDING",
    where: path,
    expected: `a name that ends in one of ${writers.flatMap(({ extensions }) => extensions).join(" ")}`,
    got: JSON.stringify(basename(path)),
    next: "Choose one of these endings; / stands for a folder of DICOM slices",
  });
}

/**
 * The writer of that name, such as `nifti` or `dicom-seg`.
 *
 * Errors: ConfigError W_FORMAT that lists the names
 */
export function writerNamed(name: string): ScanWriter {
  const writer = writers.find((each) => each.name === name);
  if (writer !== undefined) return writer;
  throw new ConfigError({
    code: "W_FORMAT",
    where: "format",
    expected: `one of ${writers.map((each) => each.name).join(", ")}`,
    got: JSON.stringify(name.slice(0, 32)),
    next: "Choose one of these names",
  });
}
