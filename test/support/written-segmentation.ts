import { readDataSet } from "../../pipeline/io/dicom/data-set.ts";
import { type FileLabels, labelMapOfFile } from "../../pipeline/io/dicom-seg/read/label-map-of-file.ts";
import { binaryFramesOf, labelmapFramesOf } from "../../pipeline/io/dicom-seg/segment-frames.ts";
import { segmentationDatasetOf } from "../../pipeline/io/dicom-seg/segmentation-dataset.ts";
import { type DicomDataset, encodeDicom } from "../../pipeline/io/dicom-write/encode-dicom.ts";
import { type Grid, type LabelMap, volumeOf } from "../../pipeline/volume/volume.ts";
import { gutClasses, obliqueGrid, originOnGrid } from "./phantom-series.ts";

/** The grid of `voxelsOnSlices`. */
export const segmentedGrid = obliqueGrid([7, 5, 9], {
  spacingMm: [3, 2, 1],
  angles: [0.3, -0.2, 0.1],
  originXyz: [-12.5, 33, -101.25],
});

const now = new Date(0);

/** A segmentation before it is encoded, so that a test can damage it. */
export interface WrittenSegmentation {
  readonly dataset: DicomDataset;
  readonly pixels: Uint8Array;
}

/** What the writer makes of labels on the grid of their source. */
export function written(
  labels: LabelMap,
  encoding: "binary" | "labelmap" = "binary",
  source: Grid = labels,
): WrittenSegmentation {
  const frames = encoding === "binary" ? binaryFramesOf(labels, gutClasses) : labelmapFramesOf(labels, gutClasses);
  const bitsAllocated = encoding === "binary" ? 1 : 8;
  const origin = originOnGrid(source);
  return {
    dataset: segmentationDatasetOf({ ...frames, origin, bitsAllocated, options: { encoding }, now }),
    pixels: frames.pixels,
  };
}

/** The bytes of its file. */
export function bytesOf({ dataset, pixels }: WrittenSegmentation): Buffer {
  return Buffer.concat(encodeDicom(dataset, { vr: "OB", bytes: pixels }));
}

/** What the reader makes of it. */
export async function read(file: WrittenSegmentation): Promise<FileLabels> {
  return labelMapOfFile(readDataSet(bytesOf(file), { where: "test.dcm" }));
}

/** Labels of one voxel each: slice to id. */
export function voxelsOnSlices(ids: Readonly<Record<number, number>>): LabelMap {
  const labels = volumeOf(new Uint8Array(7 * 45), segmentedGrid);
  for (const [slice, id] of Object.entries(ids)) labels.data[45 * Number(slice) + 20] = id;
  return labels;
}

/** The functional groups of a frame. */
export const frameOf = ({ dataset }: WrittenSegmentation, index: number) =>
  (dataset.PerFrameFunctionalGroupsSequence as readonly DicomDataset[])[index];

/** The same segmentation with other functional groups in one frame. */
export function withFrame(file: WrittenSegmentation, index: number, changes: DicomDataset): WrittenSegmentation {
  const frames = file.dataset.PerFrameFunctionalGroupsSequence as readonly DicomDataset[];
  const changed = frames.with(index, { ...frames[index], ...changes });
  return { ...file, dataset: { ...file.dataset, PerFrameFunctionalGroupsSequence: changed } };
}
