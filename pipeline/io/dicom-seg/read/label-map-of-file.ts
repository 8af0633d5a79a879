import { FormatError } from "../../../volume/errors.ts";
import type { LabelClass } from "../../../volume/label-class.ts";
import type { DicomOrigin, Warning } from "../../../volume/scan.ts";
import { type Grid, type LabelMap, voxelCountOf } from "../../../volume/volume.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import { type FrameGrid, frameGridOf } from "./frame-grid.ts";
import { extraPixelsWarning, framePixelsOf } from "./frame-pixels.ts";
import { labelsOfFrames } from "./frames-to-labels.ts";
import { segmentedOriginOf } from "./segmented-origin.ts";
import { type StoredSegmentation, storedSegmentationOf } from "./stored-segmentation.ts";

/** What a segmentation file holds. */
export interface FileLabels {
  readonly labels: LabelMap;
  readonly classes: readonly LabelClass[];
  /** The series that was segmented, as far as the file knows it. */
  readonly origin: DicomOrigin | undefined;
  readonly warnings: readonly Warning[];
}

/** A segmentation file whose header was checked, and the grid of its frames. */
export interface PlacedSegmentation {
  readonly stored: StoredSegmentation;
  readonly place: FrameGrid;
}

/**
 * What a segmentation file states and where its frames lie; no pixel is decoded.
 *
 * Errors: FormatError, GeometryError for files that contradict themselves or are too large
 */
export function placedSegmentationOf(dataSet: DicomDataSet): PlacedSegmentation {
  const stored = storedSegmentationOf(dataSet);
  const place = frameGridOf(stored, dataSet.limits);
  assertFits(place.grid, dataSet);
  return { stored, place };
}

/**
 * The label map in a segmentation file, on the smallest grid around its frames; `placeOnGrid` puts it on the source's.
 *
 * Errors: FormatError, GeometryError for files that contradict themselves, are too large or hold overlapping segments
 */
export async function labelMapOfFile(dataSet: DicomDataSet): Promise<FileLabels> {
  const { stored, place } = placedSegmentationOf(dataSet);
  const pixelsOf = framePixelsOf(dataSet, stored);
  const odd = [
    stored.type === "FRACTIONAL" ? fractionalWarning(stored.where) : undefined,
    extraPixelsWarning(dataSet, stored),
  ].filter((warning) => warning !== undefined);
  return {
    labels: await labelsOfFrames(stored, { ...place, pixelsOf }),
    classes: stored.classes,
    origin: segmentedOriginOf(dataSet, { frames: stored.frames, ...place }),
    warnings: [...dataSet.warnings, ...place.warnings, ...odd],
  };
}

/** Before anything is allocated: a few frames far apart make a large grid. */
function assertFits({ shape }: Grid, { where, limits }: DicomDataSet): void {
  const bytes = voxelCountOf(shape) * Uint16Array.BYTES_PER_ELEMENT;
  if (bytes <= limits.volumeBytes) return;
  throw new FormatError({
    code: "D_TOO_BIG",
    where,
    expected: `a label map of at most ${limits.volumeBytes} bytes`,
    got: `${shape.join(" x ")}, which is ${bytes}`,
    next: "Raise the limit volumeBytes if you trust the file",
  });
}

function fractionalWarning(where: string): Warning {
  return { code: "L_FRACTIONAL", where, text: "fractions were cut at half of their maximum" };
}
