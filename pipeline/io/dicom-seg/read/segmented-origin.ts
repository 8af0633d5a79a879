import type { DicomOrigin, DicomSlice } from "../../../volume/scan.ts";
import type { Grid } from "../../../volume/volume.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import { copiedTextsOf } from "../../dicom/series/origin.ts";
import { itemsOf, textOf } from "../../dicom/values.ts";
import type { StoredFrame } from "./stored-frames.ts";

/** Frames and where they lie. */
interface PlacedFrames {
  readonly frames: readonly StoredFrame[];
  readonly grid: Grid;
  readonly sliceOf: readonly number[];
}

/**
 * The series that was segmented, as its segmentation knows it: enough to write the labels as a segmentation again.
 *
 * Empty:  undefined unless the file names one series and every frame one image of it, frames of one slice the same
 */
export function segmentedOriginOf(dataSet: DicomDataSet, placed: PlacedFrames): DicomOrigin | undefined {
  const [series, ...otherSeries] = itemsOf(dataSet, "ReferencedSeriesSequence");
  const seriesInstanceUid = series && textOf(series, "SeriesInstanceUID");
  const studyInstanceUid = textOf(dataSet, "StudyInstanceUID");
  const slices = slicesOf(placed);
  if (otherSeries.length > 0 || slices === undefined) return undefined;
  if (seriesInstanceUid === undefined || studyInstanceUid === undefined) return undefined;
  return {
    studyInstanceUid,
    seriesInstanceUid,
    frameOfReferenceUid: textOf(dataSet, "FrameOfReferenceUID"),
    grid: placed.grid,
    slices,
    attributes: copiedTextsOf(dataSet),
  };
}

function slicesOf({ frames, grid, sliceOf }: PlacedFrames): readonly (DicomSlice | undefined)[] | undefined {
  const slices = new Array<DicomSlice | undefined>(grid.shape[0]).fill(undefined);
  for (const [frame, { source, positionXyz }] of frames.entries()) {
    const known = slices[sliceOf[frame]];
    if (source === undefined || (known !== undefined && !isSameImage(known, source))) return undefined;
    slices[sliceOf[frame]] = known ?? { ...source, positionXyz };
  }
  return slices;
}

function isSameImage(one: NonNullable<StoredFrame["source"]>, other: NonNullable<StoredFrame["source"]>): boolean {
  return one.sopInstanceUid === other.sopInstanceUid && one.frameNumber === other.frameNumber;
}
