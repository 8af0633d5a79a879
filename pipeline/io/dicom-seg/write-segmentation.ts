import { ConfigError } from "../../volume/errors.ts";
import type { LabelClass } from "../../volume/label-class.ts";
import { placeOnGrid } from "../../volume/place-on-grid.ts";
import type { DicomOrigin, Scan, Warning } from "../../volume/scan.ts";
import type { LabelMap } from "../../volume/volume.ts";
import { writeFileWhole } from "../atomic-write.ts";
import { shortText } from "../dicom-write/dicom-text.ts";
import { encodeDicom } from "../dicom-write/encode-dicom.ts";
import type { ScanWriter, WriteOptions } from "../scan-format.ts";
import { onlyChannelOf } from "../written-voxels.ts";
import { assertLints } from "./lint/assert-lints.ts";
import { assertCoded, assertSnomedCodes } from "./segment-description.ts";
import { binaryFramesOf, labelmapFramesOf, type SegmentFrames } from "./segment-frames.ts";
import { segmentationDatasetOf } from "./segmentation-dataset.ts";

/** A DICOM segmentation of a scan that came from DICOM, or whose DICOM series is passed as `reference`. */
export const dicomSegmentationWriter: ScanWriter = {
  name: "dicom-seg",
  extensions: [".seg.dcm"],
  write: async (scan, path, options) => {
    const { files, warnings } = await writeDicomSegmentation(scan, path, options);
    for (const warning of warnings) options.warn?.(warning);
    return files;
  },
};

/**
 * Writes a label map as a DICOM segmentation of its source series.
 *
 * The labels may have their axes in another order or direction than the series; they are placed on its slices, never
 * resampled. The file gets its name only after it was linted, read back and found to hold every voxel.
 *
 * Empty:  a class without a voxel is left out, and a warning says so
 * Errors: ConfigError when there is no source series, no class is present, or a class has no code;
 *         GeometryError when the labels are not on the series' grid; EnvironmentError from the disk
 * Source: DICOM PS3.3 A.51; Supplement 243 for `encoding: "labelmap"`
 */
export async function writeDicomSegmentation(
  scan: Scan,
  path: string,
  { reference, segmentation = {}, now = new Date(), signal }: WriteOptions = {},
): Promise<{ readonly files: readonly string[]; readonly warnings: readonly Warning[] }> {
  const origin = originOf(reference ?? scan.dicom, path);
  const classes = scan.classes ?? [];
  const labels = placeOnGrid(labelMapOf(scan, path), origin.grid, path);
  const isLabelmap = segmentation.encoding === "labelmap";
  const content = isLabelmap ? labelmapFramesOf(labels, classes) : binaryFramesOf(labels, classes);
  assertAnyClass(content, path);
  assertKnownSlices(content, { origin, where: path });
  assertSnomedCodes(content.classes);
  if (segmentation.uncoded !== "tissue") assertCoded(content.classes);
  const bitsAllocated = isLabelmap ? (labels.data.BYTES_PER_ELEMENT === 2 ? 16 : 8) : 1;
  const dataset = segmentationDatasetOf({ ...content, origin, bitsAllocated, options: segmentation, now });
  const chunks = encodeDicom(dataset, { vr: bitsAllocated === 16 ? "OW" : "OB", bytes: content.pixels });
  const fill = async (append: (bytes: Uint8Array) => Promise<void>) => {
    for (const chunk of chunks) await append(chunk);
  };
  const expected = { origin, labels, classes: content.classes };
  const check = (unpublished: string) => assertLints(unpublished, { ...expected, where: path });
  const { path: file } = await writeFileWhole(path, fill, { check, ...(signal === undefined ? {} : { signal }) });
  return { files: [file], warnings: absentWarnings(classes, content, path) };
}

/** What a segmentation repeats of its source has to be known and has to be enough to find the place. */
function originOf(origin: DicomOrigin | undefined, where: string): DicomOrigin {
  if (origin?.frameOfReferenceUid !== undefined) return origin;
  throw new ConfigError({
    code: "W_REFERENCE",
    where,
    expected: "a DICOM series with a frame of reference that the segmentation belongs to",
    got: origin === undefined ? "none" : "a series without a frame of reference",
    next: "Pass the folder of the series as the reference",
  });
}

function labelMapOf(scan: Scan, where: string): LabelMap {
  const volume = onlyChannelOf(scan, where);
  const { data } = volume;
  if (data instanceof Uint8Array || data instanceof Uint16Array) return { ...volume, data };
  throw new ConfigError({
    code: "W_LABELS",
    where,
    expected: "a label map of unsigned class ids",
    got: `an image of ${data.constructor.name.replace("Array", "").toLowerCase()} voxels`,
    next: "Pass a segmentation",
  });
}

function assertAnyClass({ classes }: SegmentFrames, where: string): void {
  if (classes.length > 0) return;
  throw new ConfigError({
    code: "W_EMPTY",
    where,
    expected: "at least one voxel of one class",
    got: "background only",
    next: "Write another format; a DICOM segmentation has at least one segment",
  });
}

/** A reference that is itself a segmentation knows the images of its own frames only. */
function assertKnownSlices(
  { frames }: SegmentFrames,
  { origin, where }: { readonly origin: DicomOrigin; readonly where: string },
): void {
  const unknown = new Set(frames.map(({ slice }) => slice).filter((slice) => origin.slices[slice] === undefined));
  if (unknown.size === 0) return;
  throw new ConfigError({
    code: "W_REFERENCE",
    where,
    expected: "a source image for every slice with labels",
    got: `none for ${unknown.size} of them`,
    next: "Pass the folder of the series as the reference",
  });
}

function absentWarnings(
  classes: readonly LabelClass[],
  { classes: present }: SegmentFrames,
  where: string,
): readonly Warning[] {
  const absent = classes.filter((labelClass) => !present.includes(labelClass));
  if (absent.length === 0) return [];
  const names = absent.map(({ name }) => shortText(name, 64)).join(", ");
  return [{ code: "W_ABSENT", where, text: `no voxel, so no segment, for ${names}` }];
}
