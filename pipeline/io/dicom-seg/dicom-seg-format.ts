import { spacingMmOf } from "../../volume/affine.ts";
import { isNamedError } from "../../volume/errors.ts";
import { orientationOf } from "../../volume/orientation.ts";
import type { Scan } from "../../volume/scan.ts";
import { type DicomDataSet, readDataSet } from "../dicom/data-set.ts";
import { wholeOf } from "../dicom/series/scan-files.ts";
import { textOf } from "../dicom/values.ts";
import { shortText } from "../dicom-write/dicom-text.ts";
import type { FoundScan, Listing, ReadOptions, Refusal, ScanFormat } from "../scan-format.ts";
import { labelMapOfFile, type PlacedSegmentation, placedSegmentationOf } from "./read/label-map-of-file.ts";

/** DICOM segmentations: BINARY, FRACTIONAL and LABELMAP, each file a label map of its own. */
export const dicomSegFormat: ScanFormat = {
  name: "dicom-seg",
  extensions: [".seg.dcm"],
  recognises: looksLikeSegmentation,
  list: listSegmentations,
  read: readSegmentation,
};

/**
 * Media Storage SOP Class UID or SOP Class UID of a segmentation: tag, representation where it is explicit, length, value.
 * A reference to a segmentation has another tag.
 */
const SEGMENTATION_CLASS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: binary content is what is looked at
  /(\x02\0\x02\0|\x08\0\x16\0)(UI\x1c\0|\x1c\0\0\0)1\.2\.840\.10008\.5\.1\.4\.1\.1\.66\.[47]/;

function looksLikeSegmentation(head: Uint8Array): boolean {
  return SEGMENTATION_CLASS.test(Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1"));
}

async function listSegmentations(files: readonly string[], options: ReadOptions): Promise<Listing> {
  const scans: FoundScan[] = [];
  const refusals: Refusal[] = [];
  for (const path of files) {
    try {
      const dataSet = await dataSetOf(path, options);
      scans.push(foundScanOf(dataSet, placedSegmentationOf(dataSet)));
    } catch (error) {
      if (!isNamedError(error)) throw error;
      refusals.push({ path, problem: error.problem });
    }
  }
  return { scans, refusals, skipped: [] };
}

async function readSegmentation({ files: [path] }: FoundScan, options: ReadOptions): Promise<Scan> {
  const { labels, classes, origin, warnings } = await labelMapOfFile(await dataSetOf(path, options));
  return {
    format: "dicom-seg",
    channels: [labels],
    modality: "SEG",
    warnings,
    inputs: [],
    classes,
    ...(origin === undefined ? {} : { dicom: origin }),
  };
}

async function dataSetOf(path: string, options: ReadOptions): Promise<DicomDataSet> {
  return readDataSet(await wholeOf(path, options), { where: path, limits: options.limits });
}

function foundScanOf(dataSet: DicomDataSet, { stored, place: { grid, warnings } }: PlacedSegmentation): FoundScan {
  const isWide = stored.classes.some(({ id }) => id > 255);
  const names = stored.classes.map(({ name }) => name).join(", ");
  return {
    format: "dicom-seg",
    id: textOf(dataSet, "SOPInstanceUID") ?? dataSet.where,
    files: [dataSet.where],
    summary: {
      shape: grid.shape,
      spacingMm: spacingMmOf(grid.indexToLps),
      orientation: orientationOf(grid.indexToLps),
      modality: "SEG",
      voxelType: isWide ? "uint16" : "uint8",
      description: shortText(`${stored.type}, ${stored.classes.length} classes: ${names}`, 64),
      encoding: dataSet.transferSyntax.name,
    },
    warnings: [...dataSet.warnings, ...warnings],
  };
}
