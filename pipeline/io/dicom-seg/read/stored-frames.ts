import type { Triple } from "../../../volume/affine.ts";
import type { DicomSlice } from "../../../volume/scan.ts";
import type { DicomDataSet, DicomItem } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { orientationIn, positionIn, spacingIn } from "../../dicom/plane-and-rescale.ts";
import { itemsOf, numberIn, numbersOf, textOf } from "../../dicom/values.ts";
import { segmentationError } from "./segmentation-error.ts";

/** One frame as its functional groups describe it. */
export interface StoredFrame {
  readonly positionXyz: Triple;
  /** Number of the segment that the frame is a mask of; undefined in a LABELMAP. */
  readonly segment: number | undefined;
  /** The one image that the frame was made from; undefined where none or several are named. */
  readonly source: Omit<DicomSlice, "positionXyz"> | undefined;
}

/** What all frames of a segmentation have in common. */
export interface StoredPlane {
  /** Cosines along a row, then along a column. */
  readonly orientation: readonly number[];
  /** [between rows, between columns] in mm */
  readonly spacingMm: readonly [number, number];
  /** What the file says lies between slices. Units: mm */
  readonly betweenSlicesMm: number | undefined;
  readonly thicknessMm: number | undefined;
}

/** A frame's own functional groups and those that all frames share. */
interface FrameGroups {
  readonly own: DicomItem;
  readonly shared: DicomItem | undefined;
}

/** Largest difference of a cosine or a spacing between the frames of one volume. */
const SAME_PLANE = 1e-4;

/** Distances between slices that a scan can have. Units: mm */
const STEP_RANGE = { least: 1e-3, most: 100 };

/**
 * The frames of a segmentation and their plane; `segments` are the numbers that they may name, undefined in a LABELMAP.
 *
 * Errors: FormatError D_FRAMES_BAD, D_POSITION, D_ORIENT, D_SPACING, D_SEGMENT; S_MIXED when the planes differ
 */
export function storedFramesOf(
  dataSet: DicomDataSet,
  segments: ReadonlySet<number> | undefined,
): { readonly frames: readonly StoredFrame[]; readonly plane: StoredPlane } {
  const { where } = dataSet;
  const groups = frameGroupsOf(dataSet);
  const frames = groups.map((each) => ({
    positionXyz: positionOf(each, where),
    segment: segments && segmentOf(each, { segments, where }),
    source: sourceOf(each),
  }));
  return { frames, plane: onlyPlaneOf(groups, where) };
}

function frameGroupsOf(dataSet: DicomDataSet): readonly FrameGroups[] {
  const counts = numbersOf(dataSet, "NumberOfFrames");
  const perFrame = itemsOf(dataSet, "PerFrameFunctionalGroupsSequence");
  if (counts.length !== 1 || counts[0] < 1 || perFrame.length !== counts[0])
    throw segmentationError(dataSet.where, {
      code: "D_FRAMES_BAD",
      expected: "as many functional groups as frames, at least one",
      got: `${perFrame.length} groups for ${counts.length === 1 ? counts[0] : "no number of"} frames`,
    });
  const [shared] = itemsOf(dataSet, "SharedFunctionalGroupsSequence");
  return perFrame.map((own) => ({ own, shared }));
}

function onlyPlaneOf(groups: readonly FrameGroups[], where: string): StoredPlane {
  const [first, ...others] = groups.map((each) => planeOf(each, where));
  const differs = others.some(
    ({ orientation, spacingMm }) => !isNear(orientation, first.orientation) || !isNear(spacingMm, first.spacingMm),
  );
  if (!differs) return first;
  throw segmentationError(where, {
    code: "S_MIXED",
    expected: "frames of one orientation and spacing",
    got: "several kinds",
  });
}

function positionOf(groups: FrameGroups, where: string): Triple {
  const item = groupOf(groups, "PlanePositionSequence");
  const position = item && positionIn(item);
  if (position !== undefined) return position;
  throw segmentationError(where, { code: "D_POSITION", expected: "a position of every frame", got: "none of one" });
}

function segmentOf(
  groups: FrameGroups,
  { segments, where }: { readonly segments: ReadonlySet<number>; readonly where: string },
): number {
  const item = groupOf(groups, "SegmentIdentificationSequence");
  const segment = item && numberIn(item, "ReferencedSegmentNumber");
  if (segment !== undefined && segments.has(segment)) return segment;
  throw segmentationError(where, {
    code: "D_SEGMENT",
    expected: "frames of segments that are described",
    got: `a frame of segment ${segment ?? "without number"}`,
  });
}

function sourceOf(groups: FrameGroups): StoredFrame["source"] {
  const derivation = groupOf(groups, "DerivationImageSequence");
  const [source, ...others] = derivation === undefined ? [] : itemsOf(derivation, "SourceImageSequence");
  if (source === undefined || others.length > 0) return undefined;
  const sopClassUid = textOf(source, "ReferencedSOPClassUID");
  const sopInstanceUid = textOf(source, "ReferencedSOPInstanceUID");
  const frameNumber = numberIn(source, "ReferencedFrameNumber");
  if (sopClassUid === undefined || sopInstanceUid === undefined) return undefined;
  return { sopClassUid, sopInstanceUid, ...(frameNumber === undefined ? {} : { frameNumber }) };
}

function planeOf(groups: FrameGroups, where: string): StoredPlane {
  const measures = groupOf(groups, "PixelMeasuresSequence");
  const planeOrientation = groupOf(groups, "PlaneOrientationSequence");
  const orientation = planeOrientation && orientationIn(planeOrientation);
  const spacingMm = measures && spacingIn(measures);
  if (orientation === undefined)
    throw segmentationError(where, { code: "D_ORIENT", expected: "an orientation of every frame", got: "none of one" });
  if (measures === undefined || spacingMm === undefined)
    throw segmentationError(where, { code: "D_SPACING", expected: "a spacing of every frame", got: "none of one" });
  return {
    orientation,
    spacingMm,
    betweenSlicesMm: stepIn(measures, "SpacingBetweenSlices"),
    thicknessMm: stepIn(measures, "SliceThickness"),
  };
}

function stepIn(measures: DicomItem, keyword: Keyword): number | undefined {
  const step = Math.abs(numberIn(measures, keyword) ?? 0);
  return step >= STEP_RANGE.least && step <= STEP_RANGE.most ? step : undefined;
}

function groupOf({ own, shared }: FrameGroups, keyword: Keyword): DicomItem | undefined {
  const [item] = itemsOf(own, keyword);
  return item ?? (shared && itemsOf(shared, keyword)[0]);
}

function isNear(values: readonly number[], wanted: readonly number[]): boolean {
  return values.every((value, n) => Math.abs(value - wanted[n]) <= SAME_PLANE);
}
