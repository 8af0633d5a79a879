import { isNamedError } from "../../../volume/errors.ts";
import type { LabelClass } from "../../../volume/label-class.ts";
import type { LabelArray } from "../../../volume/volume.ts";
import type { DicomDataSet } from "../../dicom/data-set.ts";
import type { Keyword } from "../../dicom/dictionary.ts";
import { numbersOf, textOf } from "../../dicom/values.ts";
import { framePixelsOf } from "../read/frame-pixels.ts";
import { labelsOfFrames } from "../read/frames-to-labels.ts";
import { type StoredSegmentation, storedSegmentationOf } from "../read/stored-segmentation.ts";
import type { LintExpectation, LintRule } from "./lint-rule.ts";
import { sliceIndexAt } from "./slice-at.ts";

/** Rules on the pixels: their format, their length, and every voxel. */
export const pixelRules: readonly LintRule[] = [
  { name: "pixel-format", check: formatFault },
  { name: "pixel-length", check: lengthFault },
  { name: "voxels", check: voxelsFault },
];

function formatFault(file: DicomDataSet, { origin, labels }: LintExpectation): string | undefined {
  const bits = textOf(file, "SegmentationType") === "LABELMAP" ? 8 * labels.data.BYTES_PER_ELEMENT : 1;
  const wanted: readonly [Keyword, number][] = [
    ["Rows", origin.grid.shape[1]],
    ["Columns", origin.grid.shape[2]],
    ["SamplesPerPixel", 1],
    ["BitsAllocated", bits],
    ["BitsStored", bits],
    ["HighBit", bits - 1],
    ["PixelRepresentation", 0],
  ];
  const wrong = wanted.filter(([keyword, value]) => numbersOf(file, keyword)[0] !== value);
  if (wrong.length > 0) return `wrong: ${wrong.map(([keyword]) => keyword).join(", ")}`;
  return textOf(file, "PhotometricInterpretation") === "MONOCHROME2" ? undefined : "not MONOCHROME2";
}

function lengthFault(file: DicomDataSet): string | undefined {
  const [frames = 0, rows = 0, columns = 0, bits = 0] = (
    ["NumberOfFrames", "Rows", "Columns", "BitsAllocated"] as const
  ).map((keyword) => numbersOf(file, keyword)[0]);
  const bytes = Math.ceil((frames * rows * columns * bits) / 8);
  const found = file.pixels?.length ?? 0;
  return found === bytes + (bytes % 2) ? undefined : `${found} bytes instead of ${bytes + (bytes % 2)}`;
}

/** Decodes the file as any reader would and compares each voxel; the frames' places are other rules' matter. */
async function voxelsFault(
  file: DicomDataSet,
  { origin, labels, classes }: LintExpectation,
): Promise<string | undefined> {
  try {
    const stored = storedSegmentationOf(file);
    const sliceOf = stored.frames.map(({ positionXyz }) => sliceIndexAt(positionXyz, origin) ?? Number.NaN);
    if (sliceOf.includes(Number.NaN)) return "frames between the source's slices";
    const found = await labelsOfFrames(stored, { grid: origin.grid, sliceOf, pixelsOf: framePixelsOf(file, stored) });
    const different = differencesOf(found.data, { wanted: labels.data, numberOf: numbersById(stored, classes) });
    return different === 0 ? undefined : `${different} voxels differ from the labels`;
  } catch (error) {
    if (isNamedError(error)) return error.message;
    throw error;
  }
}

/** The number that stands for each id: segment n of a BINARY file is the nth class. */
function numbersById({ type }: StoredSegmentation, classes: readonly LabelClass[]): Uint16Array {
  const numberOf = new Uint16Array(65_536);
  for (const [index, { id }] of classes.entries()) numberOf[id] = type === "LABELMAP" ? id : index + 1;
  return numberOf;
}

function differencesOf(
  found: LabelArray,
  { wanted, numberOf }: { readonly wanted: LabelArray; readonly numberOf: Uint16Array },
): number {
  let different = 0;
  for (let i = 0; i < wanted.length; i++) if (found[i] !== numberOf[wanted[i]]) different++;
  return different;
}
