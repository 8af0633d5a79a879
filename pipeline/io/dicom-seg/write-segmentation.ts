import { writeFile } from "node:fs/promises";
import { placeOnGrid } from "../../volume/place-on-grid.ts";
import type { DicomOrigin, Scan, Warning } from "../../volume/scan.ts";
import type { LabelMap } from "../../volume/volume.ts";
import { encodeDicom } from "../dicom-write/encode-dicom.ts";
import type { WriteOptions } from "../scan-format.ts";
import { assertCoded } from "./segment-description.ts";
import { binaryFramesOf, labelmapFramesOf } from "./segment-frames.ts";
import { segmentationDatasetOf } from "./segmentation-dataset.ts";

export async function writeDicomSegmentation(
  scan: Scan,
  path: string,
  { reference, segmentation: options = {}, now = new Date() }: WriteOptions,
): Promise<{ readonly files: readonly string[]; readonly warnings: readonly Warning[] }> {
  const origin = (reference ?? scan.dicom) as DicomOrigin;
  const classes = scan.classes ?? [];
  const labels = placeOnGrid(scan.channels[0] as LabelMap, origin.grid, path);
  const content = options.encoding === "labelmap" ? labelmapFramesOf(labels, classes) : binaryFramesOf(labels, classes);
  if (options.uncoded !== "tissue") assertCoded(content.classes);
  const bitsAllocated = options.encoding === "labelmap" ? (labels.data.BYTES_PER_ELEMENT === 1 ? 8 : 16) : 1;
  const dataset = segmentationDatasetOf({ ...content, origin, bitsAllocated, options, now });
  const chunks = encodeDicom(dataset, { vr: bitsAllocated === 16 ? "OW" : "OB", bytes: content.pixels });
  await writeFile(path, Buffer.concat(chunks));
  return { files: [path], warnings: [] };
}
