import type { LabelClass } from "../../../volume/label-class.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import { itemsOf, numberIn, numbersOf, textOf } from "../../dicom/values.ts";
import { labelClassOf } from "./segment-class.ts";
import { segmentationError } from "./segmentation-error.ts";
import { type StoredFrame, type StoredPlane, storedFramesOf } from "./stored-frames.ts";

/** What a segmentation file states, its counts checked against each other; pixels apart. */
export interface StoredSegmentation {
  readonly where: string;
  readonly type: SegmentationType;
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: 1 | 8 | 16;
  /** Stored value that means 1; FRACTIONAL only. */
  readonly maximumFraction: number;
  /** Stored id that means background; LABELMAP only. */
  readonly padding: number;
  readonly classes: readonly LabelClass[];
  readonly plane: StoredPlane;
  readonly frames: readonly StoredFrame[];
}

/** How a segmentation stores its segments. */
export type SegmentationType = keyof typeof bitsOfType;

const bitsOfType = { BINARY: [1], FRACTIONAL: [8], LABELMAP: [8, 16] } as const;

/**
 * What a segmentation file states.
 *
 * Errors: FormatError for counts that contradict each other, values outside the standard, or frames in several directions
 */
export function storedSegmentationOf(dataSet: DicomDataSet): StoredSegmentation {
  const { where } = dataSet;
  const type = typeOf(dataSet);
  const classes = classesOf(dataSet, type);
  const numbers = type === "LABELMAP" ? undefined : new Set(classes.map(({ id }) => id));
  return {
    where,
    type,
    rows: sizeOf(dataSet, "Rows"),
    columns: sizeOf(dataSet, "Columns"),
    bitsAllocated: bitsOf(dataSet, type),
    maximumFraction: numberIn(dataSet, "MaximumFractionalValue") ?? 255,
    padding: numberIn(dataSet, "PixelPaddingValue") ?? 0,
    classes,
    ...storedFramesOf(dataSet, numbers),
  };
}

function typeOf(dataSet: DicomDataSet): SegmentationType {
  const type = textOf(dataSet, "SegmentationType");
  if (type === "BINARY" || type === "FRACTIONAL" || type === "LABELMAP") return type;
  throw segmentationError(dataSet.where, {
    code: "D_SEG_TYPE",
    expected: "a segmentation type of BINARY, FRACTIONAL or LABELMAP",
    got: type === undefined ? "none" : "another",
  });
}

function sizeOf(dataSet: DicomDataSet, keyword: "Rows" | "Columns"): number {
  const size = numberIn(dataSet, keyword);
  if (size !== undefined && size > 0) return size;
  throw segmentationError(dataSet.where, {
    code: size === 0 ? "D_DIM_ZERO" : "D_MISSING",
    expected: `a positive number of ${keyword.toLowerCase()}`,
    got: size === undefined ? "none" : "0",
  });
}

function bitsOf(dataSet: DicomDataSet, type: SegmentationType): 1 | 8 | 16 {
  const [allocated, stored = allocated] = [numberIn(dataSet, "BitsAllocated"), numberIn(dataSet, "BitsStored")];
  const bits = bitsOfType[type].find((each) => each === allocated && each === stored);
  if (bits !== undefined && numbersOf(dataSet, "PixelRepresentation")[0] !== 1) return bits;
  throw segmentationError(dataSet.where, {
    code: "D_BITS",
    expected: `${bitsOfType[type].join(" or ")} unsigned bits in a ${type} segmentation`,
    got: bits === undefined ? `${stored ?? "no"} of ${allocated ?? "no"} bits` : "signed ones",
  });
}

function classesOf(dataSet: DicomDataSet, type: SegmentationType): readonly LabelClass[] {
  const numbered = itemsOf(dataSet, "SegmentSequence").map((item) => ({
    item,
    number: numberIn(item, "SegmentNumber"),
  }));
  // A LABELMAP may describe its background as segment 0.
  const segments = type === "LABELMAP" ? numbered.filter(({ number }) => number !== 0) : numbered;
  const numbers = new Set(segments.map(({ number }) => number));
  if (segments.length === 0 || numbers.size < segments.length || numbers.has(undefined) || numbers.has(0))
    throw segmentationError(dataSet.where, {
      code: "D_SEGMENTS",
      expected: "segments with different numbers from 1",
      got: segments.length === 0 ? "no segment" : "numbers that are missing, 0 or used twice",
    });
  return segments.map(({ item, number }) => labelClassOf(item, number as number));
}
