import { spacingMmOf } from "../../../volume/affine.ts";
import type { DicomOrigin, DicomSlice } from "../../../volume/scan.ts";
import type { DicomDataSet, DicomItem } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { itemsOf, numbersOf, textOf } from "../../dicom/values.ts";
import type { LintRule } from "./lint-rule.ts";
import { sliceIndexAt } from "./slice-at.ts";

/** Largest difference of a direction cosine from the source's. */
const COSINE_TOLERANCE = 1e-4;
/** Largest relative difference of a spacing from the source's. */
const SPACING_TOLERANCE = 1e-6;

/** Rules on functional groups and dimensions. */
export const frameRules: readonly LintRule[] = [
  {
    name: "frame-count",
    check: (file) => {
      const frames = numbersOf(file, "NumberOfFrames")[0];
      const groups = framesOf(file).length;
      return frames === groups && groups > 0 ? undefined : `${groups} functional groups for ${frames} frames`;
    },
  },
  { name: "plane-orientation", check: (file, { origin }) => orientationFault(file, origin) },
  { name: "pixel-measures", check: (file, { origin }) => measuresFault(file, origin) },
  {
    name: "frame-positions",
    check: (file, { origin }) =>
      eachFrame(file, (frame) => (sliceAt(frame, origin) === undefined ? "not on a slice of the source" : undefined)),
  },
  {
    name: "distinct-frames",
    check: (file) => {
      const places = framesOf(file).map((frame) => `${segmentOf(frame)} at ${positionOf(frame)}`);
      return new Set(places).size === places.length ? undefined : "two frames of one segment at one position";
    },
  },
  {
    name: "frame-segments",
    check: (file) => {
      if (textOf(file, "SegmentationType") === "LABELMAP") return undefined;
      const numbers = new Set<number | undefined>(
        itemsOf(file, "SegmentSequence").map((item) => numbersOf(item, "SegmentNumber")[0]),
      );
      return eachFrame(file, (frame) =>
        numbers.has(segmentOf(frame)) ? undefined : "of a segment that is not described",
      );
    },
  },
  {
    name: "frame-source",
    check: (file, { origin }) => eachFrame(file, (frame) => sourceFault(frame, origin)),
  },
  { name: "dimensions", check: dimensionsFault },
];

function framesOf(file: DicomDataSet): readonly DicomItem[] {
  return itemsOf(file, "PerFrameFunctionalGroupsSequence");
}

/** The first frame's fault, with its number. */
function eachFrame(file: DicomDataSet, faultOf: (frame: DicomItem) => string | undefined): string | undefined {
  for (const [index, frame] of framesOf(file).entries()) {
    const fault = faultOf(frame);
    if (fault !== undefined) return `frame ${index + 1}: ${fault}`;
  }
  return undefined;
}

function segmentOf(frame: DicomItem): number | undefined {
  return numbersIn(frame, "SegmentIdentificationSequence", "ReferencedSegmentNumber")[0];
}

function positionOf(frame: DicomItem): readonly number[] {
  return numbersIn(frame, "PlanePositionSequence", "ImagePositionPatient");
}

/** The source's slice at a frame's position. */
function sliceAt(frame: DicomItem, origin: DicomOrigin): DicomSlice | undefined {
  const [x, y, z] = positionOf(frame);
  const index = z === undefined ? undefined : sliceIndexAt([x, y, z], origin);
  return index === undefined ? undefined : origin.slices[index];
}

/** Compared cosine by cosine: a mirrored or exchanged axis is as valid to a reader as the right one. */
function orientationFault(file: DicomDataSet, { grid: { indexToLps } }: DicomOrigin): string | undefined {
  const found = sharedNumbers(file, "PlaneOrientationSequence", "ImageOrientationPatient");
  const [, stepH, stepW] = spacingMmOf(indexToLps);
  const along = (column: number, step: number) => [0, 4, 8].map((row) => indexToLps.rows[row + column] / step);
  const wanted = [...along(2, stepW), ...along(1, stepH)];
  const isSame = found.length === 6 && wanted.every((cosine, n) => Math.abs(cosine - found[n]) <= COSINE_TOLERANCE);
  return isSame ? undefined : "missing, or not the source's";
}

function measuresFault(file: DicomDataSet, { grid }: DicomOrigin): string | undefined {
  const [stepD, stepH, stepW] = spacingMmOf(grid.indexToLps);
  const wanted: readonly [Keyword, readonly number[]][] = [
    ["PixelSpacing", [stepH, stepW]],
    ["SliceThickness", [stepD]],
    ["SpacingBetweenSlices", [stepD]],
  ];
  const wrong = wanted.filter(([keyword, values]) => {
    const found = sharedNumbers(file, "PixelMeasuresSequence", keyword);
    return !values.every((value, n) => Math.abs(value - (found[n] ?? Infinity)) <= SPACING_TOLERANCE * value);
  });
  return wrong.length === 0
    ? undefined
    : `missing, or not the source's: ${wrong.map(([keyword]) => keyword).join(", ")}`;
}

function sourceFault(frame: DicomItem, origin: DicomOrigin): string | undefined {
  const [derivation] = itemsOf(frame, "DerivationImageSequence");
  if (derivation === undefined) return "no derivation image";
  if (codeValueIn(derivation, "DerivationCodeSequence") !== "113076") return "not derived by segmentation (113076)";
  const [source, ...others] = itemsOf(derivation, "SourceImageSequence");
  if (source === undefined || others.length > 0) return "not exactly one source image";
  if (codeValueIn(source, "PurposeOfReferenceCodeSequence") !== "121322")
    return "a source image without purpose 121322";
  const uid = textOf(source, "ReferencedSOPInstanceUID");
  const [frameNumber] = numbersOf(source, "ReferencedFrameNumber");
  const slice = sliceAt(frame, origin);
  return slice?.sopInstanceUid === uid && slice?.frameNumber === frameNumber
    ? undefined
    : "a source image that is not the one at its position";
}

function dimensionsFault(file: DicomDataSet): string | undefined {
  const organizations = itemsOf(file, "DimensionOrganizationSequence").map((item) =>
    textOf(item, "DimensionOrganizationUID"),
  );
  const dimensions = itemsOf(file, "DimensionIndexSequence");
  const foreign = dimensions.some((item) => !organizations.includes(textOf(item, "DimensionOrganizationUID")));
  if (dimensions.length === 0 || organizations[0] === undefined || foreign)
    return "no organization, or another's index";
  const values = framesOf(file).map((frame) => numbersIn(frame, "FrameContentSequence", "DimensionIndexValues"));
  if (values.some((each) => each.length !== dimensions.length)) return "a frame with too few or too many index values";
  if (new Set(values.map(String)).size < values.length) return "two frames with the same index values";
  return undefined;
}

function codeValueIn(item: DicomItem, sequence: Keyword): string | undefined {
  const [code] = itemsOf(item, sequence);
  return code && textOf(code, "CodeValue");
}

function sharedNumbers(file: DicomDataSet, sequence: Keyword, keyword: Keyword): readonly number[] {
  const [shared] = itemsOf(file, "SharedFunctionalGroupsSequence");
  return shared === undefined ? [] : numbersIn(shared, sequence, keyword);
}

function numbersIn(group: DicomItem, sequence: Keyword, keyword: Keyword): readonly number[] {
  const [item] = itemsOf(group, sequence);
  return item === undefined ? [] : numbersOf(item, keyword);
}
